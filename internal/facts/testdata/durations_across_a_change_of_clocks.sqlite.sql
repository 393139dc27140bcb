-- One pass for all KPIs that are placed by created_at. Every window is a sum of intervals.
-- interval 1 begins at 2026-03-30T00:00:00Z
SELECT
  0 AS i, -- interval of created_at
  CASE WHEN x1 IS NULL THEN -1 WHEN x1 < x0 THEN -2 ELSE CASE WHEN x1 < 1774836000 THEN 0 ELSE 1 END END AS o0, -- interval of resolved_at: -1 never yet, -2 before created_at
  CASE WHEN (x2 * 1.0) < -0.0000005 THEN -1000000 WHEN (x2 * 1.0) < 0.001 THEN -999999 ELSE CAST(FLOOR(LN((x2 * 1.0)) / 0.020000666706669525) AS INTEGER) END AS k0, -- log-bucket of seconds from created_at to resolved_at
  COUNT(*) AS n, -- rows
  SUM(x2) AS s0, -- sum of seconds from created_at to resolved_at
  SUM(CASE WHEN x2 <= 14400.0000005 THEN 1 ELSE 0 END) AS s1, -- rows with at most 14400 seconds from created_at to resolved_at
  SUM(x3) AS s2, -- sum of created_at, as seconds since 1970
  (MIN(x0) - CASE WHEN MIN(x0) < 1711854000 THEN CASE WHEN MIN(x0) < 1667098800 THEN CASE WHEN MIN(x0) < 1648350000 THEN CASE WHEN MIN(x0) < 1635649200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MIN(x0) < 1698548400 THEN CASE WHEN MIN(x0) < 1679799600 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN MIN(x0) < 1761447600 THEN CASE WHEN MIN(x0) < 1743303600 THEN CASE WHEN MIN(x0) < 1729998000 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MIN(x0) < 1774753200 THEN 3600 ELSE 7200 END END END) AS s3, -- earliest created_at
  (MAX(x0) - CASE WHEN MAX(x0) < 1711854000 THEN CASE WHEN MAX(x0) < 1667098800 THEN CASE WHEN MAX(x0) < 1648350000 THEN CASE WHEN MAX(x0) < 1635649200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX(x0) < 1698548400 THEN CASE WHEN MAX(x0) < 1679799600 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN MAX(x0) < 1761447600 THEN CASE WHEN MAX(x0) < 1743303600 THEN CASE WHEN MAX(x0) < 1729998000 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN MAX(x0) < 1774753200 THEN 3600 ELSE 7200 END END END) AS newest -- newest created_at
FROM (
  SELECT
    unixepoch("created_at", 'subsec') AS x0, -- created_at
    unixepoch("resolved_at", 'subsec') AS x1, -- resolved_at
    (((unixepoch("resolved_at", 'subsec') - CASE WHEN unixepoch("resolved_at", 'subsec') < 1711854000 THEN CASE WHEN unixepoch("resolved_at", 'subsec') < 1667098800 THEN CASE WHEN unixepoch("resolved_at", 'subsec') < 1648350000 THEN CASE WHEN unixepoch("resolved_at", 'subsec') < 1635649200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN unixepoch("resolved_at", 'subsec') < 1698548400 THEN CASE WHEN unixepoch("resolved_at", 'subsec') < 1679799600 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN unixepoch("resolved_at", 'subsec') < 1761447600 THEN CASE WHEN unixepoch("resolved_at", 'subsec') < 1743303600 THEN CASE WHEN unixepoch("resolved_at", 'subsec') < 1729998000 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN unixepoch("resolved_at", 'subsec') < 1774753200 THEN 3600 ELSE 7200 END END END) * 1.0) - ((unixepoch("created_at", 'subsec') - CASE WHEN unixepoch("created_at", 'subsec') < 1711854000 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1667098800 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1648350000 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1635649200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN unixepoch("created_at", 'subsec') < 1698548400 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1679799600 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN unixepoch("created_at", 'subsec') < 1761447600 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1743303600 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1729998000 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN unixepoch("created_at", 'subsec') < 1774753200 THEN 3600 ELSE 7200 END END END) * 1.0)) AS x2, -- seconds from created_at to resolved_at
    (unixepoch("created_at", 'subsec') - CASE WHEN unixepoch("created_at", 'subsec') < 1711854000 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1667098800 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1648350000 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1635649200 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN unixepoch("created_at", 'subsec') < 1698548400 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1679799600 THEN 3600 ELSE 7200 END ELSE 3600 END END ELSE CASE WHEN unixepoch("created_at", 'subsec') < 1761447600 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1743303600 THEN CASE WHEN unixepoch("created_at", 'subsec') < 1729998000 THEN 7200 ELSE 3600 END ELSE 7200 END ELSE CASE WHEN unixepoch("created_at", 'subsec') < 1774753200 THEN 3600 ELSE 7200 END END END) AS x3 -- created_at as seconds since 1970
  FROM (
SELECT * FROM tickets -- all of them
) AS r
  WHERE unixepoch("created_at", 'subsec') IS NOT NULL
    AND "created_at" < '2026-04-02' AND unixepoch("created_at", 'subsec') < 1774836000
  LIMIT -1
) AS t
GROUP BY
  CASE WHEN x1 IS NULL THEN -1 WHEN x1 < x0 THEN -2 ELSE CASE WHEN x1 < 1774836000 THEN 0 ELSE 1 END END,
  CASE WHEN (x2 * 1.0) < -0.0000005 THEN -1000000 WHEN (x2 * 1.0) < 0.001 THEN -999999 ELSE CAST(FLOOR(LN((x2 * 1.0)) / 0.020000666706669525) AS INTEGER) END
LIMIT 50001
;
