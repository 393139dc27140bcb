-- One pass for all KPIs that are placed by first_response_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-01T00:00:00Z
-- interval 2 begins at 2026-03-30T00:00:00Z
SELECT
  CASE WHEN (x0 IS NULL OR x0 < TIMESTAMP '1000-01-01 00:00:00') THEN -1 ELSE CASE WHEN x0 < TIMESTAMP '2026-03-30 02:00:00' THEN 1 ELSE CASE WHEN x0 < TIMESTAMP '2026-03-31 02:00:00' THEN 2 ELSE 3 END END END AS i, -- interval of first_response_at
  x1 AS d0, -- dimension team
  COUNT(*) AS n, -- rows
  SUM(x2) AS s0, -- sum of seconds from created_at to first_response_at
  ((TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', MAX(x0)) / 1e6) - CASE WHEN MAX(x0) < TIMESTAMP '2023-10-29 03:00:00' THEN CASE WHEN MAX(x0) < TIMESTAMP '2022-03-27 03:00:00' THEN CASE WHEN MAX(x0) < TIMESTAMP '2021-10-31 03:00:00' THEN CASE WHEN MAX(x0) < TIMESTAMP '2021-03-28 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX(x0) < TIMESTAMP '2023-03-26 03:00:00' THEN CASE WHEN MAX(x0) < TIMESTAMP '2022-10-30 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN MAX(x0) < TIMESTAMP '2025-03-30 03:00:00' THEN CASE WHEN MAX(x0) < TIMESTAMP '2024-10-27 03:00:00' THEN CASE WHEN MAX(x0) < TIMESTAMP '2024-03-31 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN MAX(x0) < TIMESTAMP '2026-03-29 03:00:00' THEN CASE WHEN MAX(x0) < TIMESTAMP '2025-10-26 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END END) AS newest -- newest first_response_at
FROM (
  SELECT
    `first_response_at` AS x0, -- first_response_at
    CAST(CONVERT(`team` USING utf8mb4) AS BINARY) AS x1, -- team
    ((TIMESTAMPDIFF(MICROSECOND, CASE WHEN NOT (`created_at` < TIMESTAMP '1000-01-01 00:00:00') THEN `created_at` END, CASE WHEN NOT (`first_response_at` < TIMESTAMP '1000-01-01 00:00:00') THEN `first_response_at` END) / 1e6) - (CASE WHEN `first_response_at` < TIMESTAMP '2023-10-29 03:00:00' THEN CASE WHEN `first_response_at` < TIMESTAMP '2022-03-27 03:00:00' THEN CASE WHEN `first_response_at` < TIMESTAMP '2021-10-31 03:00:00' THEN CASE WHEN `first_response_at` < TIMESTAMP '2021-03-28 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN `first_response_at` < TIMESTAMP '2023-03-26 03:00:00' THEN CASE WHEN `first_response_at` < TIMESTAMP '2022-10-30 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN `first_response_at` < TIMESTAMP '2025-03-30 03:00:00' THEN CASE WHEN `first_response_at` < TIMESTAMP '2024-10-27 03:00:00' THEN CASE WHEN `first_response_at` < TIMESTAMP '2024-03-31 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN `first_response_at` < TIMESTAMP '2026-03-29 03:00:00' THEN CASE WHEN `first_response_at` < TIMESTAMP '2025-10-26 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END END - CASE WHEN `created_at` < TIMESTAMP '2023-10-29 03:00:00' THEN CASE WHEN `created_at` < TIMESTAMP '2022-03-27 03:00:00' THEN CASE WHEN `created_at` < TIMESTAMP '2021-10-31 03:00:00' THEN CASE WHEN `created_at` < TIMESTAMP '2021-03-28 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN `created_at` < TIMESTAMP '2023-03-26 03:00:00' THEN CASE WHEN `created_at` < TIMESTAMP '2022-10-30 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END ELSE CASE WHEN `created_at` < TIMESTAMP '2025-03-30 03:00:00' THEN CASE WHEN `created_at` < TIMESTAMP '2024-10-27 03:00:00' THEN CASE WHEN `created_at` < TIMESTAMP '2024-03-31 03:00:00' THEN 3600 ELSE 7200 END ELSE 3600 END ELSE CASE WHEN `created_at` < TIMESTAMP '2026-03-29 03:00:00' THEN CASE WHEN `created_at` < TIMESTAMP '2025-10-26 03:00:00' THEN 7200 ELSE 3600 END ELSE 7200 END END END)) AS x2 -- seconds from created_at to first_response_at
  FROM (
-- one row a ticket, of its events
SELECT
  ticket AS ticket_id,
  CASE WHEN ticket IS NOT NULL THEN MIN(created) END AS created_at,
  CASE WHEN MIN(CASE WHEN kind = 1 AND agent = 1 THEN happened END) = MIN(created) THEN MIN(created) END AS outbound_at, -- when the team opened it
  CASE WHEN MIN(CASE WHEN kind = 1 AND agent = 1 THEN happened END) = MIN(created) THEN NULL ELSE MIN(CASE WHEN kind = 2 AND agent = 1 THEN happened END) END AS first_response_at,
  MIN(resolved) AS resolved_at,
  CASE WHEN MAX(CASE WHEN kind = 4 THEN happened END) >= MAX(settled) THEN NULL ELSE MAX(settled) END AS last_resolved_at, -- unless reopened since
  MIN(CASE WHEN kind = 4 AND happened >= resolved THEN happened END) AS reopened_at,
  COUNT(DISTINCT CASE WHEN kind = 2 AND agent = 1 AND (resolved IS NULL OR happened <= resolved) THEN happened END) AS agent_replies, -- up to the first resolution
  MAX(CASE WHEN kind = 1 AND happened = created THEN d0 END) AS `team`
FROM (
  SELECT
    ticket AS ticket,
    happened AS happened,
    kind AS kind,
    agent AS agent,
    MIN(CASE WHEN kind = 1 THEN happened END) OVER (PARTITION BY ticket) AS created, -- of its ticket
    MIN(CASE WHEN kind = 3 THEN happened END) OVER (PARTITION BY ticket) AS resolved, -- first, of its ticket
    MAX(CASE WHEN kind = 3 THEN happened END) OVER (PARTITION BY ticket) AS settled, -- last, of its ticket
    d0 AS d0
  FROM (
    -- events by kind: 1 created, 2 reply, 3 resolved, 4 reopened
    SELECT
      CAST(CONVERT(`ticket` USING utf8mb4) AS BINARY) AS ticket, -- ticket_id
      CASE WHEN NOT (`created_at` < TIMESTAMP '1000-01-01 00:00:00') THEN `created_at` END AS happened, -- at
      CASE WHEN CAST(NULLIF(UPPER(TRIM(CONVERT(`name` USING utf8mb4))), '') AS BINARY) IN ('CREATED') THEN 1 WHEN CAST(NULLIF(UPPER(TRIM(CONVERT(`name` USING utf8mb4))), '') AS BINARY) IN ('REPLY', 'E-MAIL') THEN 2 WHEN CAST(NULLIF(UPPER(TRIM(CONVERT(`name` USING utf8mb4))), '') AS BINARY) IN ('SOLVED', 'CLOSED') THEN 3 WHEN CAST(NULLIF(UPPER(TRIM(CONVERT(`name` USING utf8mb4))), '') AS BINARY) IN ('REOPENED') THEN 4 ELSE 0 END AS kind, -- event
      CASE WHEN CAST(NULLIF(UPPER(TRIM(CONVERT(`actor_kind` USING utf8mb4))), '') AS BINARY) IN ('AGENT') THEN 1 ELSE 0 END AS agent, -- whether the team did it
      CAST(CONVERT(`team` USING utf8mb4) AS BINARY) AS d0 -- team
    FROM `desk`.`events`
    WHERE (
NOT private
)
  ) AS e
  WHERE kind > 0
) AS v
GROUP BY
  ticket
) AS r
  WHERE `first_response_at` >= TIMESTAMP '2026-03-01 01:00:00'
) AS t
GROUP BY
  CASE WHEN (x0 IS NULL OR x0 < TIMESTAMP '1000-01-01 00:00:00') THEN -1 ELSE CASE WHEN x0 < TIMESTAMP '2026-03-30 02:00:00' THEN 1 ELSE CASE WHEN x0 < TIMESTAMP '2026-03-31 02:00:00' THEN 2 ELSE 3 END END END,
  x1
LIMIT 50001
;
