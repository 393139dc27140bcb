-- Each customer_id by the first ordered_at, with those who came again within 48h0m0s of it.
SELECT
  CASE WHEN f < TIMESTAMP '2026-03-01 00:00:00' THEN 0 ELSE CASE WHEN f < TIMESTAMP '2026-03-10 00:00:00' THEN 1 ELSE 2 END END AS i, -- interval of the first ordered_at
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END AS nobody_, -- the rows of nobody, as if they were one subject's
  SUBSTR(g0_0_, 21) AS g0_0__,
  COUNT(*) AS n, -- subjects
  SUM(CASE WHEN c >= 2 THEN 1 ELSE 0 END) AS again, -- who came again
  SUM(nobody) AS refused,
  (TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', MAX(f)) / 1e6) AS newest -- newest first ordered_at
FROM (
  SELECT
    subject AS subject, -- one row a subject
    MIN(f) AS f, -- the first ordered_at
    SUM(CASE WHEN (TIMESTAMPDIFF(MICROSECOND, f, t) / 1e6) <= 172800.0000005 THEN 1 ELSE 0 END) AS c, -- rows within 48h0m0s of it
    SUM(CASE WHEN subject IS NULL AND t < TIMESTAMP '2026-03-22 00:00:00' THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    MIN(CASE WHEN t = f THEN g0_0 END) AS g0_0_ -- segment by country there: the greatest amount, then the first name
  FROM (
    SELECT
      `buyer` AS subject, -- customer_id
      `ordered_at` AS t, -- ordered_at
      MIN(`ordered_at`) OVER (PARTITION BY `buyer`) AS f, -- the subject's first
      CONCAT(LPAD((500000000000000000 - CAST(FLOOR(COALESCE(`amount`, 0) * 10000) AS SIGNED)), 20, '0'), CASE WHEN CAST(CONVERT(`country` USING utf8mb4) AS BINARY) IS NULL OR CAST(CONVERT(`country` USING utf8mb4) AS BINARY) = '' THEN '(none)' ELSE CAST(CONVERT(`country` USING utf8mb4) AS BINARY) END) AS g0_0 -- segment by country
    FROM `orders`
    WHERE `ordered_at` < TIMESTAMP '2026-03-22 00:00:01' AND NOT (`ordered_at` < TIMESTAMP '1000-01-01 00:00:00')
      AND (
NOT is_test
)
  ) AS t
  GROUP BY
    subject
) AS s
WHERE (f < TIMESTAMP '2026-03-20 00:00:00' OR subject IS NULL)
GROUP BY
  CASE WHEN f < TIMESTAMP '2026-03-01 00:00:00' THEN 0 ELSE CASE WHEN f < TIMESTAMP '2026-03-10 00:00:00' THEN 1 ELSE 2 END END,
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END,
  SUBSTR(g0_0_, 21)
LIMIT 50001
;
