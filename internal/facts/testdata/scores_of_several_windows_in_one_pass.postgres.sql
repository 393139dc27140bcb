-- One pass for all KPIs that are placed by responded_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-01T00:00:00Z
-- interval 2 begins at 2026-03-13T00:00:00Z
-- interval 3 begins at 2026-03-20T00:00:00Z
-- interval 4 begins at 2026-03-27T00:00:00Z
SELECT
  CASE WHEN ("answered" IS NULL OR "answered" IN (TIMESTAMPTZ '-infinity', TIMESTAMPTZ 'infinity')) THEN -1 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-13 00:00:00+00' THEN 1 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-20 00:00:00+00' THEN 2 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-27 00:00:00+00' THEN 3 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-28 00:00:00+00' THEN 4 ELSE 5 END END END END END AS i, -- interval of responded_at
  "score" AS k0, -- score
  (CAST("region" AS text) COLLATE "C") AS d0, -- dimension region
  (CAST("plan" AS text) COLLATE "C") AS d1, -- dimension plan
  COUNT(*) AS n, -- rows
  date_part('epoch', MAX("answered")) AS newest -- newest responded_at
FROM "sales"."survey answers"
WHERE ("answered" >= TIMESTAMPTZ '2026-03-01 00:00:00+00' OR ("answered" IS NULL OR "answered" IN (TIMESTAMPTZ '-infinity', TIMESTAMPTZ 'infinity')))
  AND (
NOT is_test
)
GROUP BY
  CASE WHEN ("answered" IS NULL OR "answered" IN (TIMESTAMPTZ '-infinity', TIMESTAMPTZ 'infinity')) THEN -1 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-13 00:00:00+00' THEN 1 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-20 00:00:00+00' THEN 2 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-27 00:00:00+00' THEN 3 ELSE CASE WHEN "answered" < TIMESTAMPTZ '2026-03-28 00:00:00+00' THEN 4 ELSE 5 END END END END END,
  "score",
  (CAST("region" AS text) COLLATE "C"),
  (CAST("plan" AS text) COLLATE "C")
LIMIT 50001
;
