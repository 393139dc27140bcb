-- Rows by resolved_at, from whose instants seconds of business hours are computed one by one.
-- None of them is kept, so their number is not limited by row_budget, only their time by the timeout.
-- interval 1 begins at 2026-03-13T00:00:00Z
-- interval 2 begins at 2026-03-20T00:00:00Z
-- interval 3 begins at 2026-03-27T00:00:00Z
SELECT
  CASE WHEN x0 IS NULL THEN -1 ELSE CASE WHEN x0 < 1773964800 THEN 1 ELSE CASE WHEN x0 < 1774569600 THEN 2 ELSE CASE WHEN x0 < 1774656000 THEN 3 ELSE 4 END END END END AS i, -- interval of resolved_at
  x1 AS d0, -- dimension team
  x2 AS t0, -- resolved_at as seconds since 1970
  x3 AS t1 -- created_at as seconds since 1970
FROM (
  SELECT
    unixepoch("solved", 'subsec') AS x0, -- resolved_at
    ("team" COLLATE BINARY) AS x1, -- team
    CASE WHEN unixepoch("solved", 'subsec') IS NULL THEN NULL ELSE unixepoch("solved", 'subsec') END AS x2, -- resolved_at as seconds since 1970
    CASE WHEN unixepoch("opened", 'subsec') IS NULL THEN NULL ELSE (unixepoch("opened", 'subsec') - CASE WHEN unixepoch("opened", 'subsec') < 1698548400 THEN CASE WHEN unixepoch("opened", 'subsec') < 1648350000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1635649200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1616900400 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1679799600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1667098800 THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1743303600 THEN CASE WHEN unixepoch("opened", 'subsec') < 1729998000 THEN CASE WHEN unixepoch("opened", 'subsec') < 1711854000 THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN unixepoch("opened", 'subsec') < 1774753200 THEN CASE WHEN unixepoch("opened", 'subsec') < 1761447600 THEN 7200 ELSE 3600 END ELSE 7200 END END END) END AS x3 -- created_at as seconds since 1970
  FROM "tickets"
  WHERE "solved" >= '2026-03-11' AND unixepoch("solved", 'subsec') >= 1773360000
    AND (
NOT is_test
)
  LIMIT -1
) AS t
;
-- One pass for all KPIs that are placed by resolved_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-20T00:00:00Z
-- interval 2 begins at 2026-03-27T00:00:00Z
SELECT
  CASE WHEN x0 IS NULL THEN -1 ELSE CASE WHEN x0 < 1774569600 THEN 1 ELSE CASE WHEN x0 < 1774656000 THEN 2 ELSE 3 END END END AS i, -- interval of resolved_at
  x1 AS d0, -- dimension team
  COUNT(*) AS n, -- rows
  MAX(x0) AS newest -- newest resolved_at
FROM (
  SELECT
    unixepoch("solved", 'subsec') AS x0, -- resolved_at
    ("team" COLLATE BINARY) AS x1 -- team
  FROM "tickets"
  WHERE "solved" >= '2026-03-18' AND unixepoch("solved", 'subsec') >= 1773964800
    AND (
NOT is_test
)
  LIMIT -1
) AS t
GROUP BY
  CASE WHEN x0 IS NULL THEN -1 ELSE CASE WHEN x0 < 1774569600 THEN 1 ELSE CASE WHEN x0 < 1774656000 THEN 2 ELSE 3 END END END,
  x1
LIMIT 50001
;
