-- Subjects are told by the pattern they show at the points c0 to c2: two bits a point,
-- 0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.
SELECT
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 1 THEN 1 ELSE 0 END) AS m0, -- pattern
  COUNT(*) AS n, -- subjects
  SUM(bad) AS bad_,
  MAX(newest) AS newest_
FROM (
  SELECT
    x2 AS subject, -- one row a subject
    SUM(CASE WHEN x0 < 1772323200 AND (x1 >= 1772323200 OR x1 IS NULL) THEN 1 ELSE 0 END) AS c0, -- active at 2026-03-01T00:00:00Z
    SUM(CASE WHEN x0 < 1773187200 AND (x1 >= 1773187200 OR x1 IS NULL) THEN 1 ELSE 0 END) AS c1, -- active at 2026-03-11T00:00:00Z
    SUM(CASE WHEN x0 < 1774051200 AND (x1 >= 1774051200 OR x1 IS NULL) THEN 1 ELSE 0 END) AS c2, -- active at 2026-03-21T00:00:00Z
    SUM(CASE WHEN x1 < x0 THEN 1 ELSE 0 END) AS bad, -- rows that end before they start
    MAX(x0) AS newest -- newest started_at
  FROM (
    SELECT
      unixepoch("started_at", 'subsec') AS x0, -- started_at
      unixepoch("ended_at", 'subsec') AS x1, -- ended_at
      "customer_id" AS x2 -- customer_id
    FROM "subscriptions"
    WHERE "customer_id" IS NOT NULL
      AND "started_at" < '2026-03-24' AND unixepoch("started_at", 'subsec') < 1774051200
    LIMIT -1
  ) AS t
  GROUP BY
    x2
) AS s
GROUP BY
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 1 THEN 1 ELSE 0 END)
LIMIT 50001
;
