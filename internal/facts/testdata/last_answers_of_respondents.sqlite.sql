-- Subjects are told by the pattern they show at the points c0 to c1: two bits a point,
-- the code of the last row there, or 0. A time and its code are one number, 4 times the microseconds.
SELECT
  COALESCE((c0 % 4 + 4) % 4, 0) + 4 * (COALESCE((c1 % 4 + 4) % 4, 0)) AS m0, -- pattern
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END AS nobody_, -- the rows of nobody, as if they were one subject's
  SUBSTR(g0_0, 21) AS g0_0_,
  SUBSTR(g0_1, 21) AS g0_1_,
  COUNT(*) AS n, -- subjects
  SUM(bad) AS bad_,
  SUM(nobody) AS refused,
  MAX(newest) AS newest_
FROM (
  SELECT
    x1 AS subject, -- one row a subject
    MAX(CASE WHEN x0 >= 1772323200 AND x0 < 1772928000 AND x2 IS NOT NULL THEN x2 END) AS c0, -- from 2026-03-01T00:00:00Z to 2026-03-08T00:00:00Z
    MAX(CASE WHEN x0 >= 1772928000 AND x0 < 1773532800 AND x2 IS NOT NULL THEN x2 END) AS c1, -- from 2026-03-08T00:00:00Z to 2026-03-15T00:00:00Z
    MIN(CASE WHEN x0 >= 1772323200 AND x0 < 1772928000 AND x2 IS NOT NULL THEN x3 END) AS g0_0, -- segment by plan there: of the last row, then the first name
    MIN(CASE WHEN x0 >= 1772928000 AND x0 < 1773532800 AND x2 IS NOT NULL THEN x3 END) AS g0_1, -- segment by plan there: of the last row, then the first name
    SUM(0) AS bad, -- rows that end before they start
    SUM(CASE WHEN x1 IS NULL AND x0 < 1773532800 THEN 1 ELSE 0 END) AS nobody, -- rows without respondent_id
    MAX(x0) AS newest -- newest responded_at
  FROM (
    SELECT
      unixepoch("answered", 'subsec') AS x0, -- responded_at
      ("respondent_id" COLLATE BINARY) AS x1, -- respondent_id
      CAST(FLOOR((CASE WHEN unixepoch("answered", 'subsec') < 1773532800 THEN unixepoch("answered", 'subsec') END * 1.0) * 1000000 + 0.5) AS INTEGER) * 4 + CASE WHEN CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END >= 9 AND CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END <= 10 THEN 3 WHEN CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END >= 0 AND CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END <= 6 THEN 1 WHEN CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END >= 0 AND CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END <= 10 THEN 2 END AS x2, -- responded_at and the code of score
      (printf('%020d', (500000000000000000 - (CAST(FLOOR((CASE WHEN unixepoch("answered", 'subsec') < 1773532800 THEN unixepoch("answered", 'subsec') END * 1.0) * 1000000 + 0.5) AS INTEGER) * 4 + CASE WHEN CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END >= 9 AND CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END <= 10 THEN 3 WHEN CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END >= 0 AND CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END <= 6 THEN 1 WHEN CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END >= 0 AND CASE WHEN "score" < '' THEN "score" WHEN "score" = CAST("score" AS NUMERIC) THEN CAST("score" AS REAL) END <= 10 THEN 2 END))) || CASE WHEN (CAST("plan" AS TEXT) COLLATE BINARY) IS NULL OR (CAST("plan" AS TEXT) COLLATE BINARY) = '' THEN '(none)' ELSE (CAST("plan" AS TEXT) COLLATE BINARY) END) AS x3 -- segment by plan
    FROM "answers"
    WHERE "answered" >= '2026-02-27' AND unixepoch("answered", 'subsec') >= 1772323200
      AND "answered" < '2026-03-18' AND unixepoch("answered", 'subsec') < 1773532800
    LIMIT -1
  ) AS t
  GROUP BY
    x1
) AS s
GROUP BY
  COALESCE((c0 % 4 + 4) % 4, 0) + 4 * (COALESCE((c1 % 4 + 4) % 4, 0)),
  CASE WHEN subject IS NULL THEN 1 ELSE 0 END,
  SUBSTR(g0_0, 21),
  SUBSTR(g0_1, 21)
LIMIT 50001
;
