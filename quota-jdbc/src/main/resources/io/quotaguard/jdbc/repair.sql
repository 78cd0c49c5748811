-- Sets one locked counter to the sum of its ledger rows; the sum is read by a statement of its own after the lock.
UPDATE ${quota_schema}.usage_counter c
   SET used = (SELECT coalesce(sum(r.amount), 0)::bigint FROM ${quota_schema}.usage_record r
                WHERE r.subject = :subject AND r.feature = :feature
                  AND r.window_start = c.window_start AND r.window_end = c.window_end)
 WHERE c.id = :id
RETURNING c.used
