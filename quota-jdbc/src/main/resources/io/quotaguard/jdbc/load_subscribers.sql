-- One page of those whom a change of a plan may touch, each with its catalog and its open counters, as of one snapshot.
-- Each source is read in the page's own order and no further than the page needs.
WITH asked AS MATERIALIZED (
    SELECT ${quota_schema}.quota_now() AS now, ${quota_schema}.quota_plan_names(:plan) AS names),
page AS MATERIALIZED (
    SELECT found.subject
      FROM ((SELECT named.subject
               FROM asked
              CROSS JOIN unnest(asked.names) AS name
              CROSS JOIN LATERAL (
                    SELECT DISTINCT p.subject
                      FROM ${quota_schema}.subscription_phase p
                     WHERE p.plan_code = name AND p.subject > :after
                     ORDER BY p.subject LIMIT :max) named)
            UNION
            (SELECT named.subject
               FROM asked
              CROSS JOIN unnest(asked.names) AS name
              CROSS JOIN LATERAL (
                    SELECT s.subject
                      FROM ${quota_schema}.subscription s
                     WHERE s.fallback = name AND s.subject > :after
                     ORDER BY s.subject LIMIT :max) named)
            UNION
            (SELECT DISTINCT c.subject
               FROM ${quota_schema}.usage_counter c, asked
              WHERE EXISTS (SELECT 1 FROM ${quota_schema}.default_plan d WHERE d.plan_code = ANY (asked.names))
                AND c.subject > :after AND c.window_end > asked.now
                AND NOT EXISTS (SELECT 1 FROM ${quota_schema}.subscription s WHERE s.subject = c.subject)
              ORDER BY c.subject LIMIT :max)) found
     ORDER BY found.subject
     LIMIT :max)
SELECT ${quota_schema}.quota_subject_catalog(page.subject)::text AS catalog,
       ${quota_schema}.quota_open_counters(page.subject, asked.now)::text AS counters
  FROM page, asked
 ORDER BY page.subject
