-- Each customer_id with the instants at which it is there, a bit each.
-- bit 0 is 2026-03-01T00:00:00Z
-- bit 1 is 2026-03-08T00:00:00Z
-- bit 2 is 2026-03-11T00:00:00Z
-- bit 3 is 2026-03-21T00:00:00Z
SELECT
  b AS b_, -- instants
  COUNT(*) AS n -- subjects
FROM (
  SELECT
    subject AS subject, -- one row a subject
    MAX(b & 1) | MAX(b & 2) | MAX(b & 4) | MAX(b & 8) AS b -- the instants at which it is there
  FROM (
    SELECT
      x2 AS subject,
      (CASE WHEN x0 < 1772323200 THEN 15 ELSE CASE WHEN x0 < 1773187200 THEN CASE WHEN x0 < 1772928000 THEN 14 ELSE 12 END ELSE 8 END END & CASE WHEN x1 < x0 THEN 0 WHEN x1 IS NULL THEN 15 ELSE CASE WHEN x1 < 1773100800 THEN CASE WHEN x1 < 1772841600 THEN 1 ELSE 3 END ELSE CASE WHEN x1 < 1773964800 THEN 7 ELSE 15 END END END) AS b -- a bit for each instant at which the row holds
    FROM (
      SELECT
        unixepoch("started_at", 'subsec') AS x0, -- started_at
        unixepoch("ended_at", 'subsec') AS x1, -- ended_at
        ("customer_id" COLLATE BINARY) AS x2 -- customer_id
      FROM "subscriptions"
      WHERE ("customer_id" COLLATE BINARY) IS NOT NULL
        AND "started_at" < '2026-03-24' AND unixepoch("started_at", 'subsec') < 1774051200
        AND (unixepoch("ended_at", 'subsec') IS NULL OR "ended_at" >= '2026-02-26' AND unixepoch("ended_at", 'subsec') >= 1772236800)
      LIMIT -1
    ) AS t
    LIMIT -1
  ) AS r
  GROUP BY
    subject
) AS s
GROUP BY
  b
LIMIT 50001
;
