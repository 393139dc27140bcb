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
    BIT_OR(b) AS b -- the instants at which it is there
  FROM (
    SELECT
      "customer_id" AS subject,
      (CASE WHEN "started_at" < DATE '2026-03-01' THEN 15 ELSE CASE WHEN "started_at" < DATE '2026-03-11' THEN CASE WHEN "started_at" < DATE '2026-03-08' THEN 14 ELSE 12 END ELSE 8 END END & CASE WHEN "ended_at" < "started_at" AND NOT ("ended_at" IN (DATE '-infinity', DATE 'infinity')) AND NOT ("started_at" IN (DATE '-infinity', DATE 'infinity')) THEN 0 WHEN ("ended_at" IS NULL OR "ended_at" IN (DATE '-infinity', DATE 'infinity')) THEN 15 ELSE CASE WHEN "ended_at" < DATE '2026-03-10' THEN CASE WHEN "ended_at" < DATE '2026-03-07' THEN 1 ELSE 3 END ELSE CASE WHEN "ended_at" < DATE '2026-03-20' THEN 7 ELSE 15 END END END) AS b -- a bit for each instant at which the row holds
    FROM "subscriptions"
    WHERE "customer_id" IS NOT NULL
      AND "started_at" < DATE '2026-03-21' AND NOT ("started_at" IN (DATE '-infinity', DATE 'infinity'))
      AND (("ended_at" IS NULL OR "ended_at" IN (DATE '-infinity', DATE 'infinity')) OR "ended_at" >= DATE '2026-02-28')
  ) AS r
  GROUP BY
    subject
) AS s
GROUP BY
  b
LIMIT 50001
;
