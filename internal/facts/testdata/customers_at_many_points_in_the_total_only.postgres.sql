-- Subjects are told by the pattern they show at the points c0 to c2: two bits a point,
-- 0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.
SELECT
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 1 THEN 1 ELSE 0 END) AS m0, -- pattern
  COUNT(*) AS n, -- subjects
  SUM(bad) AS bad_,
  MAX(newest) AS newest_
FROM (
  SELECT
    "customer_id" AS subject, -- one row a subject
    SUM(CASE WHEN "started_at" < DATE '2026-03-01' AND NOT ("started_at" IN (DATE '-infinity', DATE 'infinity')) AND ("ended_at" >= DATE '2026-03-01' OR ("ended_at" IS NULL OR "ended_at" IN (DATE '-infinity', DATE 'infinity'))) THEN 1 ELSE 0 END) AS c0, -- active at 2026-03-01T00:00:00Z
    SUM(CASE WHEN "started_at" < DATE '2026-03-11' AND NOT ("started_at" IN (DATE '-infinity', DATE 'infinity')) AND ("ended_at" >= DATE '2026-03-11' OR ("ended_at" IS NULL OR "ended_at" IN (DATE '-infinity', DATE 'infinity'))) THEN 1 ELSE 0 END) AS c1, -- active at 2026-03-11T00:00:00Z
    SUM(CASE WHEN "started_at" < DATE '2026-03-21' AND NOT ("started_at" IN (DATE '-infinity', DATE 'infinity')) AND ("ended_at" >= DATE '2026-03-21' OR ("ended_at" IS NULL OR "ended_at" IN (DATE '-infinity', DATE 'infinity'))) THEN 1 ELSE 0 END) AS c2, -- active at 2026-03-21T00:00:00Z
    SUM(CASE WHEN "ended_at" < "started_at" AND NOT ("ended_at" IN (DATE '-infinity', DATE 'infinity')) AND NOT ("started_at" IN (DATE '-infinity', DATE 'infinity')) THEN 1 ELSE 0 END) AS bad, -- rows that end before they start
    date_part('epoch', MAX("started_at")) AS newest -- newest started_at
  FROM "subscriptions"
  WHERE "customer_id" IS NOT NULL
    AND "started_at" < DATE '2026-03-21'
  GROUP BY
    "customer_id"
) AS s
GROUP BY
  CASE WHEN c0 >= 1 THEN 1 ELSE 0 END + 4 * (CASE WHEN c1 >= 1 THEN 1 ELSE 0 END) + 16 * (CASE WHEN c2 >= 1 THEN 1 ELSE 0 END)
LIMIT 50001
;
