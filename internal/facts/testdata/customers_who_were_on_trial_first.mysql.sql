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
    `customer_id` AS subject, -- one row a subject
    SUM(CASE WHEN `started_at` < DATE '2026-03-31' AND NOT (`started_at` < DATE '1000-01-01') AND (`ended_at` >= DATE '2026-03-31' OR (`ended_at` IS NULL OR `ended_at` < DATE '1000-01-01')) AND ((`trial_ends_at` IS NULL OR `trial_ends_at` < DATE '1000-01-01') OR `trial_ends_at` < DATE '2026-03-31' AND CASE WHEN `ended_at` <= `trial_ends_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`trial_ends_at` < DATE '1000-01-01') THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c0, -- active at 2026-03-31T00:00:00Z
    SUM(CASE WHEN `started_at` < DATE '2026-03-31' AND NOT (`started_at` < DATE '1000-01-01') AND (`ended_at` >= DATE '2026-03-20' OR (`ended_at` IS NULL OR `ended_at` < DATE '1000-01-01')) AND CASE WHEN `ended_at` < `started_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`started_at` < DATE '1000-01-01') THEN 1 ELSE 0 END = 0 AND ((`trial_ends_at` IS NULL OR `trial_ends_at` < DATE '1000-01-01') OR `trial_ends_at` < DATE '2026-03-31' AND CASE WHEN `ended_at` <= `trial_ends_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`trial_ends_at` < DATE '1000-01-01') THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c1, -- active at 2026-03-31T00:00:00Z, not ended before 2026-03-20T00:00:00Z
    SUM(CASE WHEN (`started_at` >= DATE '2026-03-01' OR `trial_ends_at` >= DATE '2026-03-01' AND NOT (`trial_ends_at` < DATE '1000-01-01')) AND `started_at` < DATE '2026-03-31' AND NOT (`started_at` < DATE '1000-01-01') AND CASE WHEN `ended_at` < `started_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`started_at` < DATE '1000-01-01') THEN 1 ELSE 0 END = 0 AND ((`trial_ends_at` IS NULL OR `trial_ends_at` < DATE '1000-01-01') OR `trial_ends_at` < DATE '2026-03-31' AND CASE WHEN `ended_at` <= `trial_ends_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`trial_ends_at` < DATE '1000-01-01') THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c2, -- from 2026-03-01T00:00:00Z to 2026-03-31T00:00:00Z
    SUM(CASE WHEN `started_at` < DATE '2026-03-01' AND NOT (`started_at` < DATE '1000-01-01') AND CASE WHEN `ended_at` < `started_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`started_at` < DATE '1000-01-01') THEN 1 ELSE 0 END = 0 AND ((`trial_ends_at` IS NULL OR `trial_ends_at` < DATE '1000-01-01') OR `trial_ends_at` < DATE '2026-03-01' AND CASE WHEN `ended_at` <= `trial_ends_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`trial_ends_at` < DATE '1000-01-01') THEN 1 ELSE 0 END = 0) THEN 1 ELSE 0 END) AS c3, -- ever before 2026-03-01T00:00:00Z
    SUM(CASE WHEN `ended_at` < `started_at` AND NOT (`ended_at` < DATE '1000-01-01') AND NOT (`started_at` < DATE '1000-01-01') THEN 1 ELSE 0 END) AS bad, -- rows that end before they start
    SUM(CASE WHEN `customer_id` IS NULL AND `started_at` < DATE '2026-03-31' AND NOT (`started_at` < DATE '1000-01-01') THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    (TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', MAX(`started_at`)) / 1e6) AS newest -- newest started_at
  FROM `subscriptions`
  WHERE `started_at` < DATE '2026-03-31'
  GROUP BY
    `customer_id`
) AS s
GROUP BY
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 2 THEN 2 ELSE c2 END) + 64 * (CASE WHEN c3 >= 2 THEN 2 ELSE c3 END),
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END
LIMIT 50001
;
