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
    MAX(CASE WHEN x0 >= TIMESTAMPTZ '2026-03-01 00:00:00+00' AND x0 < TIMESTAMPTZ '2026-03-08 00:00:00+00' AND x2 IS NOT NULL THEN x2 END) AS c0, -- from 2026-03-01T00:00:00Z to 2026-03-08T00:00:00Z
    MAX(CASE WHEN x0 >= TIMESTAMPTZ '2026-03-08 00:00:00+00' AND x0 < TIMESTAMPTZ '2026-03-15 00:00:00+00' AND x2 IS NOT NULL THEN x2 END) AS c1, -- from 2026-03-08T00:00:00Z to 2026-03-15T00:00:00Z
    MIN(CASE WHEN x0 >= TIMESTAMPTZ '2026-03-01 00:00:00+00' AND x0 < TIMESTAMPTZ '2026-03-08 00:00:00+00' AND x2 IS NOT NULL THEN x3 END) AS g0_0, -- segment by plan there: of the last row, then the first name
    MIN(CASE WHEN x0 >= TIMESTAMPTZ '2026-03-08 00:00:00+00' AND x0 < TIMESTAMPTZ '2026-03-15 00:00:00+00' AND x2 IS NOT NULL THEN x3 END) AS g0_1, -- segment by plan there: of the last row, then the first name
    SUM(0) AS bad, -- rows that end before they start
    SUM(CASE WHEN x1 IS NULL AND x0 < TIMESTAMPTZ '2026-03-15 00:00:00+00' AND NOT (x0 IN (TIMESTAMPTZ '-infinity', TIMESTAMPTZ 'infinity')) THEN 1 ELSE 0 END) AS nobody, -- rows without respondent_id
    date_part('epoch', MAX(x0)) AS newest -- newest responded_at
  FROM (
    SELECT
      "answered" AS x0, -- responded_at
      "respondent_id" AS x1, -- respondent_id
      CAST(FLOOR(CAST(date_part('epoch', CASE WHEN "answered" < TIMESTAMPTZ '2026-03-15 00:00:00+00' AND NOT ("answered" IN (TIMESTAMPTZ '-infinity', TIMESTAMPTZ 'infinity')) THEN "answered" END) AS double precision) * 1000000 + 0.5) AS bigint) * 4 + CASE WHEN "score" >= 9 AND "score" <= 10 THEN 3 WHEN "score" >= 0 AND "score" <= 6 THEN 1 WHEN "score" >= 0 AND "score" <= 10 THEN 2 END AS x2, -- responded_at and the code of score
      (LPAD(CAST((500000000000000000 - (CAST(FLOOR(CAST(date_part('epoch', CASE WHEN "answered" < TIMESTAMPTZ '2026-03-15 00:00:00+00' AND NOT ("answered" IN (TIMESTAMPTZ '-infinity', TIMESTAMPTZ 'infinity')) THEN "answered" END) AS double precision) * 1000000 + 0.5) AS bigint) * 4 + CASE WHEN "score" >= 9 AND "score" <= 10 THEN 3 WHEN "score" >= 0 AND "score" <= 6 THEN 1 WHEN "score" >= 0 AND "score" <= 10 THEN 2 END)) AS text), 20, '0') || CASE WHEN (CAST("plan" AS text) COLLATE "C") IS NULL OR (CAST("plan" AS text) COLLATE "C") = '' THEN '(none)' ELSE (CAST("plan" AS text) COLLATE "C") END) AS x3 -- segment by plan
    FROM "answers"
    WHERE "answered" >= TIMESTAMPTZ '2026-03-01 00:00:00+00'
      AND "answered" < TIMESTAMPTZ '2026-03-15 00:00:00+00'
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
