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
  SUM((v0 * 1.0) * (v0 * 1.0)) AS b0_, -- their squares
  SUM(v1) AS a1_, -- amounts at the point
  SUM((v1 * 1.0) * (v1 * 1.0)) AS b1_, -- their squares
  SUM((v0 * 1.0) * (v1 * 1.0)) AS p0_, -- products of both amounts
  SUM(blank) AS blank_,
  SUM(bad) AS bad_,
  SUM(nobody) AS refused,
  MAX(newest) AS newest_
FROM (
  SELECT
    x2 AS subject, -- one row a subject
    x3 AS unit, -- and currency
    SUM(CASE WHEN x0 < 1772323200 AND (x1 >= 1772323200 OR x1 IS NULL) THEN 1 ELSE 0 END) AS c0, -- active at 2026-03-01T00:00:00Z
    SUM(CASE WHEN x0 < 1774915200 AND (x1 >= 1774915200 OR x1 IS NULL) THEN 1 ELSE 0 END) AS c1, -- active at 2026-03-31T00:00:00Z
    SUM(CASE WHEN x0 < 1774915200 AND (x1 >= 1773964800 OR x1 IS NULL) AND CASE WHEN x1 < x0 THEN 1 ELSE 0 END = 0 THEN 1 ELSE 0 END) AS c2, -- active at 2026-03-31T00:00:00Z, not ended before 2026-03-20T00:00:00Z
    SUM(CASE WHEN x0 < 1772323200 AND x1 >= 1772323200 AND x1 < 1774915200 AND x3 IN ('EUR', 'US DOLLAR') THEN 1 ELSE 0 END) AS c3, -- active at 2026-03-01T00:00:00Z, ended before 2026-03-31T00:00:00Z, with currency EUR or US DOLLAR
    SUM(CASE WHEN x0 < 1772323200 AND CASE WHEN x1 < x0 THEN 1 ELSE 0 END = 0 THEN 1 ELSE 0 END) AS c4, -- ever before 2026-03-01T00:00:00Z
    SUM(CASE WHEN x0 < 1772323200 AND (x1 >= 1772323200 OR x1 IS NULL) THEN COALESCE(x4, 0) ELSE 0 END) AS v0, -- mrr there
    SUM(CASE WHEN x0 < 1774915200 AND (x1 >= 1774915200 OR x1 IS NULL) THEN COALESCE(x4, 0) ELSE 0 END) AS v1, -- mrr there
    SUM(CASE WHEN x4 IS NULL THEN 1 ELSE 0 END) AS blank, -- rows without mrr
    MIN(CASE WHEN x0 < 1772323200 AND (x1 >= 1772323200 OR x1 IS NULL) THEN x5 END) AS g0_0, -- segment by plan there: the greatest amount, then the first name
    MIN(CASE WHEN x0 < 1774915200 AND (x1 >= 1774915200 OR x1 IS NULL) THEN x5 END) AS g0_1, -- segment by plan there: the greatest amount, then the first name
    SUM(CASE WHEN x1 < x0 THEN 1 ELSE 0 END) AS bad, -- rows that end before they start
    SUM(CASE WHEN x2 IS NULL AND x0 < 1774915200 THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    MAX(x0) AS newest -- newest started_at
  FROM (
    SELECT
      unixepoch("started_at", 'subsec') AS x0, -- started_at
      unixepoch("ended_at", 'subsec') AS x1, -- ended_at
      ("customer_id" COLLATE BINARY) AS x2, -- customer_id
      (NULLIF(UPPER(TRIM(CAST("currency" AS TEXT))), '') COLLATE BINARY) AS x3, -- currency
      CASE WHEN "mrr" < '' THEN "mrr" WHEN "mrr" = CAST("mrr" AS NUMERIC) THEN CAST("mrr" AS REAL) END AS x4, -- mrr
      (printf('%020d', (500000000000000000 - CAST(FLOOR(COALESCE(CASE WHEN "mrr" < '' THEN "mrr" WHEN "mrr" = CAST("mrr" AS NUMERIC) THEN CAST("mrr" AS REAL) END, 0) * 10000) AS INTEGER))) || CASE WHEN (CAST("plan" AS TEXT) COLLATE BINARY) IS NULL OR (CAST("plan" AS TEXT) COLLATE BINARY) = '' THEN '(none)' ELSE (CAST("plan" AS TEXT) COLLATE BINARY) END) AS x5 -- segment by plan
    FROM "subscriptions"
    WHERE "started_at" < '2026-04-03' AND unixepoch("started_at", 'subsec') < 1774915200
    LIMIT -1
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
