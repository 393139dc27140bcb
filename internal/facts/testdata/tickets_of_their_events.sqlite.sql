-- One pass for all KPIs that are placed by first_response_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-01T00:00:00Z
-- interval 2 begins at 2026-03-30T00:00:00Z
SELECT
  CASE WHEN (x0 IS NULL OR x0 = 0 OR x0 >= '') THEN -1 ELSE CASE WHEN x0 < 1774836000 THEN 1 ELSE CASE WHEN x0 < 1774922400 THEN 2 ELSE 3 END END END AS i, -- interval of first_response_at
  x1 AS d0, -- dimension team
  COUNT(*) AS n, -- rows
  SUM(x2) AS s0, -- sum of seconds from created_at to first_response_at
  (MAX(x0) - CASE WHEN MAX(x0) < 1698548400 THEN CASE WHEN MAX(x0) < 1648350000 THEN CASE WHEN MAX(x0) < 1635649200 THEN CASE WHEN MAX(x0) < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX(x0) < 1679799600 THEN CASE WHEN MAX(x0) < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN MAX(x0) < 1743303600 THEN CASE WHEN MAX(x0) < 1729998000 THEN CASE WHEN MAX(x0) < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX(x0) < 1774753200 THEN CASE WHEN MAX(x0) < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) AS newest -- newest first_response_at
FROM (
  SELECT
    "first_response_at" AS x0, -- first_response_at
    ("team" COLLATE BINARY) AS x1, -- team
    (((CASE WHEN NOT ("first_response_at" = 0 OR "first_response_at" >= '') THEN "first_response_at" END - CASE WHEN "first_response_at" < 1698548400 THEN CASE WHEN "first_response_at" < 1648350000 THEN CASE WHEN "first_response_at" < 1635649200 THEN CASE WHEN "first_response_at" < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN "first_response_at" < 1679799600 THEN CASE WHEN "first_response_at" < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN "first_response_at" < 1743303600 THEN CASE WHEN "first_response_at" < 1729998000 THEN CASE WHEN "first_response_at" < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN "first_response_at" < 1774753200 THEN CASE WHEN "first_response_at" < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) * 1.0) - ((CASE WHEN NOT ("created_at" = 0 OR "created_at" >= '') THEN "created_at" END - CASE WHEN "created_at" < 1698548400 THEN CASE WHEN "created_at" < 1648350000 THEN CASE WHEN "created_at" < 1635649200 THEN CASE WHEN "created_at" < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN "created_at" < 1679799600 THEN CASE WHEN "created_at" < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN "created_at" < 1743303600 THEN CASE WHEN "created_at" < 1729998000 THEN CASE WHEN "created_at" < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN "created_at" < 1774753200 THEN CASE WHEN "created_at" < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) * 1.0)) AS x2 -- seconds from created_at to first_response_at
  FROM (
-- one row a ticket, of its events
SELECT
  ticket AS ticket_id,
  CASE WHEN ticket IS NOT NULL THEN MIN(created) END AS created_at,
  CASE WHEN MIN(CASE WHEN kind = 1 AND agent = 1 THEN happened END) = MIN(created) THEN MIN(created) END AS outbound_at, -- when the team opened it
  CASE WHEN MIN(CASE WHEN kind = 1 AND agent = 1 THEN happened END) = MIN(created) THEN NULL ELSE MIN(CASE WHEN kind = 2 AND agent = 1 THEN happened END) END AS first_response_at,
  MIN(resolved) AS resolved_at,
  CASE WHEN MAX(CASE WHEN kind = 4 THEN happened END) >= MAX(settled) THEN NULL ELSE MAX(settled) END AS last_resolved_at, -- unless reopened since
  MIN(CASE WHEN kind = 4 AND happened >= resolved THEN happened END) AS reopened_at,
  COUNT(DISTINCT CASE WHEN kind = 2 AND agent = 1 AND (resolved IS NULL OR happened <= resolved) THEN happened END) AS agent_replies, -- up to the first resolution
  MAX(CASE WHEN kind = 1 AND happened = created THEN d0 END) AS "team"
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
      CASE WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('CREATED') THEN 1 WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('REPLY', 'E-MAIL') THEN 2 WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('SOLVED', 'CLOSED') THEN 3 WHEN (NULLIF(UPPER(TRIM(CAST("name" AS TEXT))), '') COLLATE BINARY) IN ('REOPENED') THEN 4 ELSE 0 END AS kind, -- event
      CASE WHEN (NULLIF(UPPER(TRIM(CAST("actor_kind" AS TEXT))), '') COLLATE BINARY) IN ('AGENT') THEN 1 ELSE 0 END AS agent, -- whether the team did it
      (CAST("team" AS TEXT) COLLATE BINARY) AS d0 -- team
    FROM "desk"."events"
    WHERE (
NOT private
)
    LIMIT -1
  ) AS e
  WHERE kind > 0
) AS v
GROUP BY
  ticket
) AS r
  WHERE "first_response_at" >= 1772326800
  LIMIT -1
) AS t
GROUP BY
  CASE WHEN (x0 IS NULL OR x0 = 0 OR x0 >= '') THEN -1 ELSE CASE WHEN x0 < 1774836000 THEN 1 ELSE CASE WHEN x0 < 1774922400 THEN 2 ELSE 3 END END END,
  x1
LIMIT 50001
;
