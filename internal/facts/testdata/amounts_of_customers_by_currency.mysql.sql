-- Subjects are told by the pattern they show at the points c0 to c4: two bits a point,
-- 0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.
SELECT
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 1 THEN 1 ELSE 0 END) + 64 * (CASE WHEN c3 >= 1 THEN 1 ELSE 0 END) + 256 * (CASE WHEN c4 >= 1 THEN 1 ELSE 0 END) + CASE WHEN v1 - v0 > 1e-12 * (ABS(v0) + ABS(v1)) THEN 2048 WHEN v0 - v1 <= 1e-12 * (ABS(v0) + ABS(v1)) THEN 0 WHEN v1 <= 1e-12 * (ABS(v0) + ABS(v1)) THEN 3072 ELSE 1024 END AS m0, -- pattern
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END AS nobody_, -- the rows of nobody, as if they were one subject's
  unit AS unit_, -- currency
  SUBSTR(g0_0, 21) AS g0_0_,
  SUBSTR(g0_1, 21) AS g0_1_,
  COUNT(*) AS n, -- subjects
  SUM(v0) AS a0_, -- amounts at the point
  SUM((v0 + 0e0) * (v0 + 0e0)) AS b0_, -- their squares
  SUM(v1) AS a1_, -- amounts at the point
  SUM((v1 + 0e0) * (v1 + 0e0)) AS b1_, -- their squares
  SUM((v0 + 0e0) * (v1 + 0e0)) AS p0_, -- products of both amounts
  SUM(blank) AS blank_,
  SUM(bad) AS bad_,
  SUM(nobody) AS refused,
  MAX(newest) AS newest_
FROM (
  SELECT
    x2 AS subject, -- one row a subject
    x3 AS unit, -- and currency
    SUM(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-01' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN 1 ELSE 0 END) AS c0, -- active at 2026-03-01T00:00:00Z
    SUM(CASE WHEN x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-31' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN 1 ELSE 0 END) AS c1, -- active at 2026-03-31T00:00:00Z
    SUM(CASE WHEN x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-20' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) AND CASE WHEN x1 < x0 AND NOT (x1 < DATE '1000-01-01') AND NOT (x0 < DATE '1000-01-01') THEN 1 ELSE 0 END = 0 THEN 1 ELSE 0 END) AS c2, -- active at 2026-03-31T00:00:00Z, not ended before 2026-03-20T00:00:00Z
    SUM(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND x1 >= DATE '2026-03-01' AND x1 < DATE '2026-03-31' AND x3 IN ('EUR', 'US DOLLAR') THEN 1 ELSE 0 END) AS c3, -- active at 2026-03-01T00:00:00Z, ended before 2026-03-31T00:00:00Z, with currency EUR or US DOLLAR
    SUM(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND CASE WHEN x1 < x0 AND NOT (x1 < DATE '1000-01-01') AND NOT (x0 < DATE '1000-01-01') THEN 1 ELSE 0 END = 0 THEN 1 ELSE 0 END) AS c4, -- ever before 2026-03-01T00:00:00Z
    SUM(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-01' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN COALESCE(x4, 0) ELSE 0 END) AS v0, -- mrr there
    SUM(CASE WHEN x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-31' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN COALESCE(x4, 0) ELSE 0 END) AS v1, -- mrr there
    SUM(CASE WHEN x4 IS NULL THEN 1 ELSE 0 END) AS blank, -- rows without mrr
    MIN(CASE WHEN x0 < DATE '2026-03-01' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-01' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN x5 END) AS g0_0, -- segment by plan there: the greatest amount, then the first name
    MIN(CASE WHEN x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') AND (x1 >= DATE '2026-03-31' OR (x1 IS NULL OR x1 < DATE '1000-01-01')) THEN x5 END) AS g0_1, -- segment by plan there: the greatest amount, then the first name
    SUM(CASE WHEN x1 < x0 AND NOT (x1 < DATE '1000-01-01') AND NOT (x0 < DATE '1000-01-01') THEN 1 ELSE 0 END) AS bad, -- rows that end before they start
    SUM(CASE WHEN x2 IS NULL AND x0 < DATE '2026-03-31' AND NOT (x0 < DATE '1000-01-01') THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    (TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', MAX(x0)) / 1e6) AS newest -- newest started_at
  FROM (
    SELECT
      `started_at` AS x0, -- started_at
      `ended_at` AS x1, -- ended_at
      `customer_id` AS x2, -- customer_id
      CAST(NULLIF(UPPER(TRIM(CONVERT(`currency` USING utf8mb4))), '') AS BINARY) AS x3, -- currency
      `mrr` AS x4, -- mrr
      CONCAT(LPAD((500000000000000000 - CAST(FLOOR(COALESCE(`mrr`, 0) * 10000) AS SIGNED)), 20, '0'), CASE WHEN CAST(CONVERT(`plan` USING utf8mb4) AS BINARY) IS NULL OR CAST(CONVERT(`plan` USING utf8mb4) AS BINARY) = '' THEN '(none)' ELSE CAST(CONVERT(`plan` USING utf8mb4) AS BINARY) END) AS x5 -- segment by plan
    FROM `subscriptions`
    WHERE `started_at` < DATE '2026-03-31'
  ) AS t
  GROUP BY
    x2,
    x3
) AS s
GROUP BY
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 1 THEN 1 ELSE 0 END) + 64 * (CASE WHEN c3 >= 1 THEN 1 ELSE 0 END) + 256 * (CASE WHEN c4 >= 1 THEN 1 ELSE 0 END) + CASE WHEN v1 - v0 > 1e-12 * (ABS(v0) + ABS(v1)) THEN 2048 WHEN v0 - v1 <= 1e-12 * (ABS(v0) + ABS(v1)) THEN 0 WHEN v1 <= 1e-12 * (ABS(v0) + ABS(v1)) THEN 3072 ELSE 1024 END,
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END,
  unit,
  SUBSTR(g0_0, 21),
  SUBSTR(g0_1, 21)
LIMIT 50001
;
