-- Subjects are told by the pattern they show at the points c0 to c1: two bits a point,
-- 0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.
SELECT
  CASE WHEN c0 >= 3 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) AS m0, -- pattern
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END AS nobody_, -- the rows of nobody, as if they were one subject's
  COUNT(*) AS n, -- subjects
  SUM(v0) AS a0_, -- amounts at the point
  SUM((v0 * 1.0) * (v0 * 1.0)) AS b0_, -- their squares
  SUM(blank) AS blank_,
  SUM(bad) AS bad_,
  SUM(nobody) AS refused,
  MAX(newest) AS newest_
FROM (
  SELECT
    x1 AS subject, -- one row a subject
    SUM(CASE WHEN x0 >= 1772323200 AND x0 < 1774915200 THEN 1 ELSE 0 END) AS c0, -- from 2026-03-01T00:00:00Z to 2026-03-31T00:00:00Z
    SUM(CASE WHEN x0 >= 1772323200 AND x0 < 1774915200 AND (x2 IS NULL OR x2 < -0.0000005 OR x2 > 86400.0000005) THEN 1 ELSE 0 END) AS c1, -- from 2026-03-01T00:00:00Z to 2026-03-31T00:00:00Z, not 0 to 86400 seconds from started_at to ended_at
    COALESCE(MAX(CASE WHEN x0 >= 1772323200 AND x0 < 1774915200 THEN COALESCE(x3, 0) END), 0) AS v0, -- mrr there, the greatest
    SUM(CASE WHEN x3 IS NULL THEN 1 ELSE 0 END) AS blank, -- rows without mrr
    SUM(0) AS bad, -- rows that end before they start
    SUM(CASE WHEN x1 IS NULL AND x0 < 1774915200 THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    MAX(x0) AS newest -- newest started_at
  FROM (
    SELECT
      unixepoch("started_at", 'subsec') AS x0, -- started_at
      ("customer_id" COLLATE BINARY) AS x1, -- customer_id
      ((unixepoch("ended_at", 'subsec') * 1.0) - (unixepoch("started_at", 'subsec') * 1.0)) AS x2, -- seconds from started_at to ended_at
      CASE WHEN "mrr" < '' THEN "mrr" WHEN "mrr" = CAST("mrr" AS NUMERIC) THEN CAST("mrr" AS REAL) END AS x3 -- mrr
    FROM "subscriptions"
    WHERE "started_at" >= '2026-02-27' AND unixepoch("started_at", 'subsec') >= 1772323200
      AND "started_at" < '2026-04-03' AND unixepoch("started_at", 'subsec') < 1774915200
    LIMIT -1
  ) AS t
  GROUP BY
    x1
) AS s
GROUP BY
  CASE WHEN c0 >= 3 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END),
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END
LIMIT 50001
;
