-- Claims due alerts. The first condition on earlier alerts of the same counter keeps those from filling the list that
-- cannot be claimed anyway; the second drops those whose predecessor another dispatcher is claiming this very moment.
WITH clock AS MATERIALIZED (
    SELECT ${quota_schema}.quota_now() AS now),
due AS MATERIALIZED (
    SELECT a.id, a.subject, a.feature, a.window_start, a.window_end
      FROM ${quota_schema}.quota_alert a, clock
     WHERE a.sent_at IS NULL AND a.parked_at IS NULL AND a.due_at <= clock.now AND (a.claimed_until IS NULL OR a.claimed_until <= clock.now)
       AND NOT EXISTS (
           SELECT 1 FROM ${quota_schema}.quota_alert e
            WHERE e.sent_at IS NULL AND e.parked_at IS NULL AND e.id < a.id AND e.subject = a.subject AND e.feature = a.feature
              AND e.window_start = a.window_start AND e.window_end = a.window_end
              AND NOT (e.due_at <= clock.now AND (e.claimed_until IS NULL OR e.claimed_until <= clock.now))
              AND (e.claimed_by IS DISTINCT FROM :dispatcher OR e.claimed_until <= clock.now))
     ORDER BY a.id
     LIMIT :max
       FOR UPDATE OF a SKIP LOCKED),
claimable AS MATERIALIZED (
    SELECT d.id
      FROM due d, clock
     WHERE NOT EXISTS (
           SELECT 1 FROM ${quota_schema}.quota_alert e
            WHERE e.sent_at IS NULL AND e.parked_at IS NULL AND e.id < d.id AND e.subject = d.subject AND e.feature = d.feature
              AND e.window_start = d.window_start AND e.window_end = d.window_end
              AND NOT EXISTS (SELECT 1 FROM due o WHERE o.id = e.id)
              AND (e.claimed_by IS DISTINCT FROM :dispatcher OR e.claimed_until <= clock.now))),
claimed AS (
    UPDATE ${quota_schema}.quota_alert a
       SET claimed_by = :dispatcher,
           claimed_until = clock.now + :leaseMicros * interval '1 microsecond',
           attempts = a.attempts + 1
      FROM claimable, clock
     WHERE a.id = claimable.id
    RETURNING a.*)
SELECT id, subject, feature, window_start, window_end, threshold, generation, used, limit_units, fired_at, sent_at, read_at, parked_at,
       attempts - 1 AS attempts_before
  FROM claimed
 ORDER BY id
