-- Each customer_id by the first ordered_at, with those who came again within 48h0m0s of it.
SELECT
  CASE WHEN f < 1772323200 THEN 0 ELSE CASE WHEN f < 1773100800 THEN 1 ELSE 2 END END AS i, -- interval of the first ordered_at
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END AS nobody_, -- the rows of nobody, as if they were one subject's
  SUBSTR(g0_0_, 21) AS g0_0__,
  COUNT(*) AS n, -- subjects
  SUM(CASE WHEN c >= 2 THEN 1 ELSE 0 END) AS again, -- who came again
  SUM(nobody) AS refused,
  MAX(f) AS newest -- newest first ordered_at
FROM (
  SELECT
    subject AS subject, -- one row a subject
    MIN(f) AS f, -- the first ordered_at
    SUM(CASE WHEN ((t * 1.0) - (f * 1.0)) <= 172800.0000005 THEN 1 ELSE 0 END) AS c, -- rows within 48h0m0s of it
    SUM(CASE WHEN subject IS NULL AND t < 1774137600 THEN 1 ELSE 0 END) AS nobody, -- rows without customer_id
    MIN(CASE WHEN t = f THEN g0_0 END) AS g0_0_ -- segment by country there: the greatest amount, then the first name
  FROM (
    SELECT
      ("buyer" COLLATE BINARY) AS subject, -- customer_id
      unixepoch("ordered_at", 'subsec') AS t, -- ordered_at
      MIN(unixepoch("ordered_at", 'subsec')) OVER (PARTITION BY ("buyer" COLLATE BINARY)) AS f, -- the subject's first
      (printf('%020d', (500000000000000000 - CAST(FLOOR(COALESCE(CASE WHEN "amount" < '' THEN "amount" WHEN "amount" = CAST("amount" AS NUMERIC) THEN CAST("amount" AS REAL) END, 0) * 10000) AS INTEGER))) || CASE WHEN (CAST("country" AS TEXT) COLLATE BINARY) IS NULL OR (CAST("country" AS TEXT) COLLATE BINARY) = '' THEN '(none)' ELSE (CAST("country" AS TEXT) COLLATE BINARY) END) AS g0_0 -- segment by country
    FROM "orders"
    WHERE "ordered_at" < '2026-03-25' AND unixepoch("ordered_at", 'subsec') < 1774137601
      AND (
NOT is_test
)
  ) AS t
  GROUP BY
    subject
) AS s
WHERE (f < 1773964800 OR subject IS NULL)
GROUP BY
  CASE WHEN f < 1772323200 THEN 0 ELSE CASE WHEN f < 1773100800 THEN 1 ELSE 2 END END,
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END,
  SUBSTR(g0_0_, 21)
LIMIT 50001
;
