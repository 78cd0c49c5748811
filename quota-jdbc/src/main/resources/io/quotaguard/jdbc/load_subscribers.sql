-- One page of those whom a change of a plan may touch, each with its catalog and its open counters, as of one snapshot.
-- Each source is read in the page's own order and no further than the page needs.
WITH clock AS MATERIALIZED (
    SELECT ${quota_schema}.quota_now() AS now),
page AS MATERIALIZED (
    SELECT found.subject
      FROM ((SELECT DISTINCT p.subject
               FROM ${quota_schema}.subscription_phase p
              WHERE p.plan_code = :plan AND p.subject > :after
              ORDER BY p.subject LIMIT :max)
            UNION
            (SELECT s.subject
               FROM ${quota_schema}.subscription s
              WHERE s.fallback = :plan AND s.subject > :after
              ORDER BY s.subject LIMIT :max)
            UNION
            (SELECT DISTINCT c.subject
               FROM ${quota_schema}.usage_counter c, clock
              WHERE EXISTS (SELECT 1 FROM ${quota_schema}.default_plan d WHERE d.plan_code = :plan)
                AND c.subject > :after AND c.window_end > clock.now
                AND NOT EXISTS (SELECT 1 FROM ${quota_schema}.subscription s WHERE s.subject = c.subject)
              ORDER BY c.subject LIMIT :max)) found
     ORDER BY found.subject
     LIMIT :max)
SELECT ${quota_schema}.quota_subject_catalog(page.subject)::text AS catalog,
       ${quota_schema}.quota_open_counters(page.subject, clock.now)::text AS counters
  FROM page, clock
 ORDER BY page.subject
