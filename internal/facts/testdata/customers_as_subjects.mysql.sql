-- Subjects are told by the pattern they show at the points c0 to c2: two bits a point,
-- 0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.
SELECT
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 2 THEN 2 ELSE c2 END) AS m0, -- pattern
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END AS nobody_, -- the rows of nobody, as if they were one subject's
  SUBSTR(g0_0, 21) AS g0_0_,
  SUBSTR(g0_1, 21) AS g0_1_,
  COUNT(*) AS n, -- subjects
  SUM(c1) AS x1_, -- rows at the point
  SUM((c1 + 0e0) * (c1 + 0e0)) AS y1_, -- their squares
  SUM(bad) AS bad_,
  SUM(nobody) AS refused,
  MAX(newest) AS newest_
FROM (
  SELECT
    x2 AS subject, -- one row a subject
    SUM(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-01' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN 1 ELSE 0 END) AS c0, -- active at 2026-03-01T00:00:00Z
    SUM(CASE WHEN x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-31' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN 1 ELSE 0 END) AS c1, -- active at 2026-03-31T00:00:00Z
    SUM(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND CASE WHEN x1 < x0 AND NOT (x1 < DATE '1000-01-01') AND NOT (x0 < DATE '1000-01-01') THEN 1 ELSE 0 END = 0 THEN 1 ELSE 0 END) AS c2, -- ever before 2026-03-01T00:00:00Z
    MIN(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-01' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN x3 END) AS g0_0, -- segment by plan there: the greatest amount, then the first name
    MIN(CASE WHEN x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-31' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN x3 END) AS g0_1, -- segment by plan there: the greatest amount, then the first name
    SUM(CASE WHEN x1 < x0 AND NOT (x1 < DATE '1000-01-01') AND NOT (x0 < DATE '1000-01-01') THEN 1 ELSE 0 END) AS bad, -- rows that end before they start
    SUM(CASE WHEN x2 IS NULL AND x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    (TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', MAX(x0)) / 1e6) AS newest -- newest started_at
  FROM (
    SELECT
      `started_at` AS x0, -- started_at
      `ended_at` AS x1, -- ended_at
      `customer_id` AS x2, -- customer_id
      CONCAT(LPAD((500000000000000000 - CAST(FLOOR(COALESCE(`mrr`, 0) * 10000) AS SIGNED)), 20, '0'), CASE WHEN CAST(CONVERT(`plan` USING utf8mb4) AS BINARY) IS NULL OR CAST(CONVERT(`plan` USING utf8mb4) AS BINARY) = '' THEN '(none)' ELSE CAST(CONVERT(`plan` USING utf8mb4) AS BINARY) END) AS x3 -- segment by plan
    FROM `subscriptions`
    WHERE `started_at` < DATE '2026-03-31'
  ) AS t
  GROUP BY
    x2
) AS s
GROUP BY
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 2 THEN 2 ELSE c2 END),
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END,
  SUBSTR(g0_0, 21),
  SUBSTR(g0_1, 21)
LIMIT 50001
;
