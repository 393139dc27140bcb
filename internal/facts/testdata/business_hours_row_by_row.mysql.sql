-- Rows by resolved_at, from whose instants seconds of business hours are computed one by one.
-- None of them is kept, so their number is not limited by row_budget, only their time by the timeout.
-- interval 1 begins at 2026-03-13T00:00:00Z
-- interval 2 begins at 2026-03-20T00:00:00Z
-- interval 3 begins at 2026-03-27T00:00:00Z
SELECT
  CASE WHEN (`solved` IS NULL OR `solved` < TIMESTAMP '1970-01-01 00:00:01') THEN -1 ELSE CASE WHEN `solved` < TIMESTAMP '2026-03-20 00:00:00' THEN 1 ELSE CASE WHEN `solved` < TIMESTAMP '2026-03-27 00:00:00' THEN 2 ELSE CASE WHEN `solved` < TIMESTAMP '2026-03-28 00:00:00' THEN 3 ELSE 4 END END END END AS i, -- interval of resolved_at
  CAST(CONVERT(`team` USING utf8mb4) AS BINARY) AS d0, -- dimension team
  CASE WHEN (`solved` IS NULL OR `solved` < TIMESTAMP '1970-01-01 00:00:01') THEN NULL ELSE (TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', `solved`) / 1e6) END AS t0, -- resolved_at as seconds since 1970
  CASE WHEN (`opened` IS NULL OR `opened` < TIMESTAMP '1000-01-01 00:00:00') THEN NULL ELSE ((TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', `opened`) / 1e6) - CASE WHEN `opened` < TIMESTAMP '2023-10-29 03:00:00' THEN CASE WHEN `opened` < TIMESTAMP '2022-03-27 03:00:00' THEN CASE WHEN `opened` < TIMESTAMP '2021-10-31 03:00:00' THEN CASE WHEN `opened` < TIMESTAMP '2021-03-28 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN `opened` < TIMESTAMP '2023-03-26 03:00:00' THEN CASE WHEN `opened` < TIMESTAMP '2022-10-30 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN `opened` < TIMESTAMP '2025-03-30 03:00:00' THEN CASE WHEN `opened` < TIMESTAMP '2024-10-27 03:00:00' THEN CASE WHEN `opened` < TIMESTAMP '2024-03-31 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN `opened` < TIMESTAMP '2026-03-29 03:00:00' THEN CASE WHEN `opened` < TIMESTAMP '2025-10-26 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END END) END AS t1 -- created_at as seconds since 1970
FROM `tickets`
WHERE `solved` >= TIMESTAMP '2026-03-13 00:00:00'
  AND (
NOT is_test
)
;
-- One pass for all KPIs that are placed by resolved_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-20T00:00:00Z
-- interval 2 begins at 2026-03-27T00:00:00Z
SELECT
  CASE WHEN (`solved` IS NULL OR `solved` < TIMESTAMP '1970-01-01 00:00:01') THEN -1 ELSE CASE WHEN `solved` < TIMESTAMP '2026-03-27 00:00:00' THEN 1 ELSE CASE WHEN `solved` < TIMESTAMP '2026-03-28 00:00:00' THEN 2 ELSE 3 END END END AS i, -- interval of resolved_at
  CAST(CONVERT(`team` USING utf8mb4) AS BINARY) AS d0, -- dimension team
  COUNT(*) AS n, -- rows
  (TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', MAX(`solved`)) / 1e6) AS newest -- newest resolved_at
FROM `tickets`
WHERE `solved` >= TIMESTAMP '2026-03-20 00:00:00'
  AND (
NOT is_test
)
GROUP BY
  CASE WHEN (`solved` IS NULL OR `solved` < TIMESTAMP '1970-01-01 00:00:01') THEN -1 ELSE CASE WHEN `solved` < TIMESTAMP '2026-03-27 00:00:00' THEN 1 ELSE CASE WHEN `solved` < TIMESTAMP '2026-03-28 00:00:00' THEN 2 ELSE 3 END END END,
  CAST(CONVERT(`team` USING utf8mb4) AS BINARY)
LIMIT 50001
;
