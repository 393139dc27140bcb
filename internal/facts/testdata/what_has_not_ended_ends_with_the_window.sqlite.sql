-- One pass for all KPIs that are placed by created_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-20T00:00:00Z
-- interval 2 begins at 2026-03-27T00:00:00Z
SELECT
  1 AS i, -- interval of created_at
  CASE WHEN x1 IS NULL THEN -1 WHEN x2 < -0.0000005 THEN -2 ELSE CASE WHEN x1 < 1774828800 THEN 0 ELSE 1 END END AS o0, -- interval of resolved_at: -1 never yet, -2 before created_at
  CASE WHEN (x3 * 1.0) < -0.0000005 THEN -1000000 WHEN (x3 * 1.0) < 0.0009995 THEN -999999 ELSE CAST(FLOOR(LN((x3 * 1.0)) / 0.020000666706669525) AS INTEGER) END AS k0, -- log-bucket of seconds from created_at to resolved_at or 2026-03-30T00:00:00Z
  COUNT(*) AS n, -- rows
  (MAX(x0) - CASE WHEN MAX(x0) < 1698548400 THEN CASE WHEN MAX(x0) < 1648350000 THEN CASE WHEN MAX(x0) < 1635649200 THEN CASE WHEN MAX(x0) < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX(x0) < 1679799600 THEN CASE WHEN MAX(x0) < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN MAX(x0) < 1743303600 THEN CASE WHEN MAX(x0) < 1729998000 THEN CASE WHEN MAX(x0) < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX(x0) < 1774753200 THEN CASE WHEN MAX(x0) < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) AS newest -- newest created_at
FROM (
  SELECT
    unixepoch("opened", 'subsec') AS x0, -- created_at
    unixepoch("solved", 'subsec') AS x1, -- resolved_at
    ((unixepoch("solved", 'subsec') * 1.0) - ((unixepoch("opened", 'subsec') - CASE WHEN unixepoch("opened", 'subsec') < 1698548400 THEN CASE WHEN unixepoch("opened", 'subsec') < 1648350000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1635649200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1679799600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1743303600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1729998000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1774753200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) * 1.0)) AS x2, -- seconds from created_at to resolved_at
    CASE WHEN unixepoch("solved", 'subsec') IS NULL OR "solved" >= '2026-03-28' AND unixepoch("solved", 'subsec') >= 1774828800 THEN 1774828800 - ((unixepoch("opened", 'subsec') - CASE WHEN unixepoch("opened", 'subsec') < 1698548400 THEN CASE WHEN unixepoch("opened", 'subsec') < 1648350000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1635649200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1679799600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1743303600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1729998000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1774753200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) * 1.0) ELSE ((unixepoch("solved", 'subsec') * 1.0) - ((unixepoch("opened", 'subsec') - CASE WHEN unixepoch("opened", 'subsec') < 1698548400 THEN CASE WHEN unixepoch("opened", 'subsec') < 1648350000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1635649200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1679799600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1743303600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1729998000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1774753200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) * 1.0)) END AS x3 -- seconds from created_at to resolved_at or 2026-03-30T00:00:00Z
  FROM "tickets"
  WHERE "opened" >= '2026-03-18' AND unixepoch("opened", 'subsec') >= 1773968400
    AND "opened" < '2026-03-30' AND unixepoch("opened", 'subsec') < 1774573200
  LIMIT -1
) AS t
GROUP BY
  CASE WHEN x1 IS NULL THEN -1 WHEN x2 < -0.0000005 THEN -2 ELSE CASE WHEN x1 < 1774828800 THEN 0 ELSE 1 END END,
  CASE WHEN (x3 * 1.0) < -0.0000005 THEN -1000000 WHEN (x3 * 1.0) < 0.0009995 THEN -999999 ELSE CAST(FLOOR(LN((x3 * 1.0)) / 0.020000666706669525) AS INTEGER) END
LIMIT 50001
;
