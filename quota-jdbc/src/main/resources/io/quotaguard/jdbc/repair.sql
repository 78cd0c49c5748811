-- Sets one locked counter to what its ledger rows come to: the sum of their units, the last reset, and the units since then
-- that came from grants (R38). The rows are read by a statement of its own after the lock, and the
-- window's text only once.
WITH reset AS (
    SELECT coalesce(max(r.id), 0) AS id
      FROM ${quota_schema}.usage_record r
     WHERE r.subject = :subject AND r.feature = :feature AND r.operation = 'RESET'
       AND r.window_start = (SELECT :start::timestamptz) AND r.window_end = (SELECT :end::timestamptz)),
ledger AS (
    SELECT coalesce(sum(r.amount), 0)::bigint AS used,
           coalesce(sum((SELECT sum(g.units::bigint) FROM jsonb_each_text(r.grants) AS g (id, units)))
                    FILTER (WHERE r.id > reset.id), 0)::bigint AS burned
      FROM ${quota_schema}.usage_record r
     CROSS JOIN reset
     WHERE r.subject = :subject AND r.feature = :feature
       AND r.window_start = (SELECT :start::timestamptz) AND r.window_end = (SELECT :end::timestamptz))
UPDATE ${quota_schema}.usage_counter c
   SET used = ledger.used, burned = ledger.burned, last_reset = reset.id
  FROM ledger, reset
 WHERE c.id = :id
RETURNING c.used
