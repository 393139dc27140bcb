-- One pass for all KPIs that are placed by responded_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-01T00:00:00Z
-- interval 2 begins at 2026-03-13T00:00:00Z
-- interval 3 begins at 2026-03-20T00:00:00Z
-- interval 4 begins at 2026-03-27T00:00:00Z
SELECT
  CASE WHEN (`answered` IS NULL OR `answered` < TIMESTAMP '1970-01-01 00:00:01') THEN -1 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-13 00:00:00' THEN 1 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-20 00:00:00' THEN 2 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-27 00:00:00' THEN 3 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-28 00:00:00' THEN 4 ELSE 5 END END END END END AS i, -- interval of responded_at
  `score` AS k0, -- score
  CAST(CONVERT(`region` USING utf8mb4) AS BINARY) AS d0, -- dimension region
  CAST(CONVERT(`plan` USING utf8mb4) AS BINARY) AS d1, -- dimension plan
  COUNT(*) AS n, -- rows
  (TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', MAX(`answered`)) / 1e6) AS newest -- newest responded_at
FROM `sales`.`survey answers`
WHERE (`answered` >= TIMESTAMP '2026-03-01 00:00:00' OR (`answered` IS NULL OR `answered` < TIMESTAMP '1970-01-01 00:00:01'))
  AND (
NOT is_test
)
GROUP BY
  CASE WHEN (`answered` IS NULL OR `answered` < TIMESTAMP '1970-01-01 00:00:01') THEN -1 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-13 00:00:00' THEN 1 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-20 00:00:00' THEN 2 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-27 00:00:00' THEN 3 ELSE CASE WHEN `answered` < TIMESTAMP '2026-03-28 00:00:00' THEN 4 ELSE 5 END END END END END,
  `score`,
  CAST(CONVERT(`region` USING utf8mb4) AS BINARY),
  CAST(CONVERT(`plan` USING utf8mb4) AS BINARY)
LIMIT 50001
;
