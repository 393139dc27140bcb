-- One pass for all KPIs that are placed by responded_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-01T00:00:00Z
-- interval 2 begins at 2026-03-13T00:00:00Z
-- interval 3 begins at 2026-03-20T00:00:00Z
-- interval 4 begins at 2026-03-27T00:00:00Z
SELECT
  CASE WHEN x0 IS NULL THEN -1 ELSE CASE WHEN x0 < 1773360000 THEN 1 ELSE CASE WHEN x0 < 1773964800 THEN 2 ELSE CASE WHEN x0 < 1774569600 THEN 3 ELSE CASE WHEN x0 < 1774656000 THEN 4 ELSE 5 END END END END END AS i, -- interval of responded_at
  x1 AS k0, -- score
  x2 AS d0, -- dimension region
  x3 AS d1, -- dimension plan
  COUNT(*) AS n, -- rows
  MAX(x0) AS newest -- newest responded_at
FROM (
  SELECT
    unixepoch("answered", 'subsec') AS x0, -- responded_at
    "score" AS x1, -- score
    ("region" COLLATE BINARY) AS x2, -- region
    ("plan" COLLATE BINARY) AS x3 -- plan
  FROM "sales"."survey answers"
  WHERE ("answered" >= '2026-02-27' AND unixepoch("answered", 'subsec') >= 1772323200 OR unixepoch("answered", 'subsec') IS NULL)
    AND (
NOT is_test
)
  LIMIT -1
) AS t
GROUP BY
  CASE WHEN x0 IS NULL THEN -1 ELSE CASE WHEN x0 < 1773360000 THEN 1 ELSE CASE WHEN x0 < 1773964800 THEN 2 ELSE CASE WHEN x0 < 1774569600 THEN 3 ELSE CASE WHEN x0 < 1774656000 THEN 4 ELSE 5 END END END END END,
  x1,
  x2,
  x3
LIMIT 50001
;
