-- Subjects are told by the pattern they show at the points c0 to c3: two bits a point,
-- 0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.
SELECT
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 2 THEN 2 ELSE c2 END) + 64 * (CASE WHEN c3 >= 2 THEN 2 ELSE c3 END) AS m0, -- pattern
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END AS nobody_, -- the rows of nobody, as if they were one subject's
  COUNT(*) AS n, -- subjects
  SUM(bad) AS bad_,
  SUM(nobody) AS refused,
  MAX(newest) AS newest_
FROM (
  SELECT
    x3 AS subject, -- one row a subject
    SUM(CASE WHEN x0 < 1774915200 AND (x1 >= 1774915200 OR x1 IS NULL) AND (x2 IS NULL OR x2 < 1774915200 AND CASE WHEN x1 <= x2 THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c0, -- active at 2026-03-31T00:00:00Z
    SUM(CASE WHEN x0 < 1774915200 AND (x1 >= 1773964800 OR x1 IS NULL) AND CASE WHEN x1 < x0 THEN 1 ELSE 0 END = 0 AND (x2 IS NULL OR x2 < 1774915200 AND CASE WHEN x1 <= x2 THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c1, -- active at 2026-03-31T00:00:00Z, not ended before 2026-03-20T00:00:00Z
    SUM(CASE WHEN (x0 >= 1772323200 OR x2 >= 1772323200) AND x0 < 1774915200 AND CASE WHEN x1 < x0 THEN 1 ELSE 0 END = 0 AND (x2 IS NULL OR x2 < 1774915200 AND CASE WHEN x1 <= x2 THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c2, -- from 2026-03-01T00:00:00Z to 2026-03-31T00:00:00Z
    SUM(CASE WHEN x0 < 1772323200 AND CASE WHEN x1 < x0 THEN 1 ELSE 0 END = 0 AND (x2 IS NULL OR x2 < 1772323200 AND CASE WHEN x1 <= x2 THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c3, -- ever before 2026-03-01T00:00:00Z
    SUM(CASE WHEN x1 < x0 THEN 1 ELSE 0 END) AS bad, -- rows that end before they start
    SUM(CASE WHEN x3 IS NULL AND x0 < 1774915200 THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    MAX(x0) AS newest -- newest started_at
  FROM (
    SELECT
      unixepoch("started_at", 'subsec') AS x0, -- started_at
      unixepoch("ended_at", 'subsec') AS x1, -- ended_at
      unixepoch("trial_ends_at", 'subsec') AS x2, -- trial_ends_at
      ("customer_id" COLLATE BINARY) AS x3 -- customer_id
    FROM "subscriptions"
    WHERE "started_at" < '2026-04-03' AND unixepoch("started_at", 'subsec') < 1774915200
    LIMIT -1
  ) AS t
  GROUP BY
    x3
) AS s
GROUP BY
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 2 THEN 2 ELSE c2 END) + 64 * (CASE WHEN c3 >= 2 THEN 2 ELSE c3 END),
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END
LIMIT 50001
;
