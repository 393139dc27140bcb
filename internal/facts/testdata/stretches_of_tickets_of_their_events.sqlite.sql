-- One pass for all KPIs that are placed by created_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-30T00:00:00Z
SELECT
  CASE WHEN ("created_at" IS NULL OR "created_at" = 0 OR "created_at" >= '') THEN -1 ELSE CASE WHEN "created_at" < 1774836000 THEN 0 ELSE CASE WHEN "created_at" < 1774922400 THEN 1 ELSE 2 END END END AS i, -- interval of created_at
  CASE WHEN ("open_since" IS NULL OR "open_since" = 0 OR "open_since" >= '') THEN -1 WHEN "open_since" < "created_at" THEN -2 ELSE CASE WHEN "open_since" < 1774836000 THEN 0 ELSE 1 END END AS o0, -- interval of open_since: -1 never yet, -2 before created_at
  CASE WHEN ("open_until" IS NULL OR "open_until" = 0 OR "open_until" >= '') THEN -1 WHEN "open_until" < "created_at" THEN -2 ELSE CASE WHEN "open_until" < 1774836000 THEN 0 ELSE 1 END END AS o1, -- interval of open_until: -1 never yet, -2 before created_at
  ("team" COLLATE BINARY) AS d0, -- dimension team
  COUNT(*) AS n, -- rows
  (MAX("created_at") - CASE WHEN MAX("created_at") < 1048993200 THEN CASE WHEN MAX("created_at") < 686113200 THEN CASE WHEN MAX("created_at") < 496810800 THEN CASE WHEN MAX("created_at") < 401857200 THEN CASE WHEN MAX("created_at") < 354682800 THEN CASE WHEN MAX("created_at") < 338958000 THEN CASE WHEN MAX("created_at") < 323838000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 386132400 THEN CASE WHEN MAX("created_at") < 370407600 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN MAX("created_at") < 449031600 THEN CASE WHEN MAX("created_at") < 433306800 THEN CASE WHEN MAX("created_at") < 417582000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 481086000 THEN CASE WHEN MAX("created_at") < 465361200 THEN 7200 ELSE 3600 END ELSE 7200 END END END ELSE CASE WHEN MAX("created_at") < 591159600 THEN CASE WHEN MAX("created_at") < 543985200 THEN CASE WHEN MAX("created_at") < 528260400 THEN CASE WHEN MAX("created_at") < 512535600 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 575434800 THEN CASE WHEN MAX("created_at") < 559710000 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN MAX("created_at") < 638334000 THEN CASE WHEN MAX("created_at") < 622609200 THEN CASE WHEN MAX("created_at") < 606884400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 670388400 THEN CASE WHEN MAX("created_at") < 654663600 THEN 7200 ELSE 3600 END ELSE 7200 END END END END ELSE CASE WHEN MAX("created_at") < 877834800 THEN CASE WHEN MAX("created_at") < 780462000 THEN CASE WHEN MAX("created_at") < 733287600 THEN CASE WHEN MAX("created_at") < 717562800 THEN CASE WHEN MAX("created_at") < 701838000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 764737200 THEN CASE WHEN MAX("created_at") < 749012400 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN MAX("created_at") < 828241200 THEN CASE WHEN MAX("created_at") < 811911600 THEN CASE WHEN MAX("created_at") < 796186800 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 859690800 THEN CASE WHEN MAX("created_at") < 846385200 THEN 7200 ELSE 3600 END ELSE 7200 END END END ELSE CASE WHEN MAX("created_at") < 972788400 THEN CASE WHEN MAX("created_at") < 922590000 THEN CASE WHEN MAX("created_at") < 909284400 THEN CASE WHEN MAX("created_at") < 891140400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 954039600 THEN CASE WHEN MAX("created_at") < 941338800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN MAX("created_at") < 1017543600 THEN CASE WHEN MAX("created_at") < 1004238000 THEN CASE WHEN MAX("created_at") < 985489200 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX("created_at") < 1035687600 THEN 7200 ELSE 3600 END END END END END ELSE CASE WHEN MAX("created_at") < 1427598000 THEN CASE WHEN MAX("created_at") < 1238295600 THEN CASE WHEN MAX("created_at") < 1143342000 THEN CASE WHEN MAX("created_at") < 1099191600 THEN CASE WHEN MAX("created_at") < 1080442800 THEN CASE WHEN MAX("created_at") < 1067137200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1130641200 THEN CASE WHEN MAX("created_at") < 1111892400 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN MAX("created_at") < 1193540400 THEN CASE WHEN MAX("created_at") < 1174791600 THEN CASE WHEN MAX("created_at") < 1162090800 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1224990000 THEN CASE WHEN MAX("created_at") < 1206846000 THEN 3600 ELSE 7200 END ELSE 3600 END END END ELSE CASE WHEN MAX("created_at") < 1332644400 THEN CASE WHEN MAX("created_at") < 1288494000 THEN CASE WHEN MAX("created_at") < 1269745200 THEN CASE WHEN MAX("created_at") < 1256439600 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1319943600 THEN CASE WHEN MAX("created_at") < 1301194800 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN MAX("created_at") < 1382842800 THEN CASE WHEN MAX("created_at") < 1364698800 THEN CASE WHEN MAX("created_at") < 1351393200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1414292400 THEN CASE WHEN MAX("created_at") < 1396148400 THEN 3600 ELSE 7200 END ELSE 3600 END END END END ELSE CASE WHEN MAX("created_at") < 1616900400 THEN CASE WHEN MAX("created_at") < 1521946800 THEN CASE WHEN MAX("created_at") < 1477796400 THEN CASE WHEN MAX("created_at") < 1459047600 THEN CASE WHEN MAX("created_at") < 1445742000 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1509246000 THEN CASE WHEN MAX("created_at") < 1490497200 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN MAX("created_at") < 1572145200 THEN CASE WHEN MAX("created_at") < 1554001200 THEN CASE WHEN MAX("created_at") < 1540695600 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1603594800 THEN CASE WHEN MAX("created_at") < 1585450800 THEN 3600 ELSE 7200 END ELSE 3600 END END END ELSE CASE WHEN MAX("created_at") < 1711854000 THEN CASE WHEN MAX("created_at") < 1667098800 THEN CASE WHEN MAX("created_at") < 1648350000 THEN CASE WHEN MAX("created_at") < 1635649200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1698548400 THEN CASE WHEN MAX("created_at") < 1679799600 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN MAX("created_at") < 1761447600 THEN CASE WHEN MAX("created_at") < 1743303600 THEN CASE WHEN MAX("created_at") < 1729998000 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX("created_at") < 1774753200 THEN 3600 ELSE 7200 END END END END END END) AS newest -- newest created_at
FROM (
-- one row a stretch in which a ticket was open, of its events
SELECT
  ticket AS ticket_id,
  CASE WHEN ticket IS NOT NULL THEN created END AS created_at,
  CASE WHEN state = 2 THEN created ELSE happened END AS open_since,
  CASE WHEN state = 2 THEN resolved ELSE next END AS open_until,
  CASE WHEN was IS NULL THEN 0 ELSE 1 END AS reopening,
  d0 AS "team"
FROM (
SELECT
  ticket AS ticket,
  created AS created,
  resolved AS resolved,
  happened AS happened,
  state AS state,
  was AS was,
  LEAD(happened) OVER (PARTITION BY ticket ORDER BY happened, kind) AS next, -- change of the ticket
  d0 AS d0
FROM (
-- states: 0 resolved, 1 open, 2 refused
SELECT
  ticket AS ticket,
  created AS created,
  resolved AS resolved,
  happened AS happened,
  kind AS kind,
  CASE WHEN (ticket IS NULL OR created IS NULL OR resolved < created) THEN 2 WHEN kind = 3 THEN 0 ELSE 1 END AS state, -- since then
  LAG(CASE WHEN (ticket IS NULL OR created IS NULL OR resolved < created) THEN 2 WHEN kind = 3 THEN 0 ELSE 1 END) OVER (PARTITION BY ticket ORDER BY happened, kind) AS was, -- until then
  MAX(CASE WHEN kind = 1 AND happened = created THEN d0 END) OVER (PARTITION BY ticket) AS d0
FROM (
  SELECT
    ticket AS ticket,
    happened AS happened,
    kind AS kind,
    agent AS agent,
    MIN(CASE WHEN kind = 1 THEN happened END) OVER (PARTITION BY ticket) AS created, -- of its ticket
    MIN(CASE WHEN kind = 3 THEN happened END) OVER (PARTITION BY ticket) AS resolved, -- first, of its ticket
    MAX(CASE WHEN kind = 3 THEN happened END) OVER (PARTITION BY ticket) AS settled, -- last, of its ticket
    d0 AS d0
  FROM (
    -- events by kind: 1 created, 2 reply, 3 resolved, 4 reopened
    SELECT
      (CAST("ticket" AS TEXT) COLLATE BINARY) AS ticket, -- ticket_id
      unixepoch("created_at", 'subsec') AS happened, -- at
      CASE WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('CREATED') THEN 1 WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('REPLY') THEN 2 WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('SOLVED') THEN 3 WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('REOPENED') THEN 4 ELSE 0 END AS kind, -- event
      CASE WHEN 1 = 0 THEN 1 ELSE 0 END AS agent, -- whether the team did it
      (CAST("team" AS TEXT) COLLATE BINARY) AS d0 -- team
    FROM "desk"."events"
    LIMIT -1
  ) AS e
  WHERE kind > 0
) AS v
WHERE ((ticket IS NULL OR created IS NULL OR resolved < created) OR kind = 1 AND happened = created OR kind IN (3, 4) AND happened >= created)
) AS s
WHERE (was IS NULL OR was <> state)
) AS c
WHERE state > 0
) AS r
WHERE ("reopening" = 0 OR "created_at" < 1774922400)
GROUP BY
  CASE WHEN ("created_at" IS NULL OR "created_at" = 0 OR "created_at" >= '') THEN -1 ELSE CASE WHEN "created_at" < 1774836000 THEN 0 ELSE CASE WHEN "created_at" < 1774922400 THEN 1 ELSE 2 END END END,
  CASE WHEN ("open_since" IS NULL OR "open_since" = 0 OR "open_since" >= '') THEN -1 WHEN "open_since" < "created_at" THEN -2 ELSE CASE WHEN "open_since" < 1774836000 THEN 0 ELSE 1 END END,
  CASE WHEN ("open_until" IS NULL OR "open_until" = 0 OR "open_until" >= '') THEN -1 WHEN "open_until" < "created_at" THEN -2 ELSE CASE WHEN "open_until" < 1774836000 THEN 0 ELSE 1 END END,
  ("team" COLLATE BINARY)
LIMIT 50001
;
