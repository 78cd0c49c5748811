-- The short ways of the atomic step, for what nearly all calls are: uses of one feature each, without pools, grants and
-- holds. quota_execute does the same for everything else, and is asked wherever these find that more is to be done.
--
-- They are short because the server prepares every expression of a function anew in each transaction: what is not
-- written costs nothing.

-- One use. The counter is charged first and as if all were well, which locks it; the row of the ledger is then written by
-- a later statement, which verifies the terms and the key (traps 3, 4 and 13), and what turns out to be otherwise is taken
-- back. A use for which there is no room is told from one reading of counter, key and terms, which are all of one moment;
-- nothing is locked for it, so that a refusal writes nothing at all.
CREATE FUNCTION ${quota_schema}.quota_use(
    p_lock_timeout_ms integer, p_subject text, p_feature text, p_start timestamptz, p_end timestamptz,
    p_amount bigint, p_key text, p_dedup uuid, p_fingerprint bigint, p_metadata text,
    p_limit bigint, p_ceiling bigint, p_most bigint, p_alarm bigint, p_levels bigint[], p_thresholds text,
    p_source text, p_source_plan text, p_source_version bigint, p_valid_from timestamptz, p_valid_until timestamptz,
    p_subject_revision bigint, p_plan text, p_plan_version bigint, p_default_revision bigint)
RETURNS SETOF ${quota_schema}.quota_answer
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET lock_timeout = 0 -- set for real below; named here so that the caller's own setting is back afterwards
AS $body$
#variable_conflict use_column
DECLARE
    v_id      bigint;
    v_after   bigint;
    v_careful boolean := false;
    v_created bigint;
    v_fires   record;
    v         record;
    o         ${quota_schema}.quota_answer;
BEGIN
    IF set_config('lock_timeout', p_lock_timeout_ms::text, true) IS NULL
       OR current_setting('transaction_isolation') <> 'read committed'
    THEN
        RAISE EXCEPTION 'quota_use needs transaction isolation read committed, but it is %',
            current_setting('transaction_isolation') USING ERRCODE = 'QG001';
    END IF;

    -- R1 without overflow (trap 12); and no alert has to fire or be re-armed.
    UPDATE ${quota_schema}.usage_counter u
       SET used = u.used + p_amount
     WHERE u.subject = p_subject AND u.feature = p_feature AND u.window_start = p_start AND u.window_end = p_end
       AND p_amount <= p_most - u.used AND u.held = 0 AND u.burned = 0
       AND (u.used + p_amount < p_alarm AND u.fired = '{}'
            OR u.fired = (p_thresholds::integer[])[1:width_bucket(u.used, p_levels)]
               AND width_bucket(u.used, p_levels) = width_bucket(u.used + p_amount, p_levels))
    RETURNING u.id, u.used INTO v_id, v_after;

    IF NOT FOUND THEN
        SELECT u.id, u.used, u.held, u.burned, c.now,
               NOT EXISTS (SELECT FROM ${quota_schema}.usage_record t WHERE t.dedup = p_dedup)
               AND c.now >= p_start AND c.now < p_end AND c.now >= p_valid_from AND c.now < p_valid_until
               AND coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = p_subject), 0)
                   = p_subject_revision
               AND (p_plan IS NULL
                    OR coalesce((SELECT g.version FROM ${quota_schema}.plan g WHERE g.code = p_plan), 0) = p_plan_version)
               AND (p_default_revision = -1
                    OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d WHERE d.only_row), 0)
                       = p_default_revision) AS current
          INTO v
          FROM (SELECT ${quota_schema}.quota_now() AS now OFFSET 0) c
          LEFT JOIN ${quota_schema}.usage_counter u
                 ON u.subject = p_subject AND u.feature = p_feature AND u.window_start = p_start AND u.window_end = p_end;
        IF v.current AND coalesce(v.held, 0) = 0 AND coalesce(v.burned, 0) = 0 THEN
            IF p_amount > p_most - coalesce(v.used, 0) AND p_ceiling >= 0 THEN
                o.o_line := 1;
                o.o_outcome := 'REFUSED';
                o.o_blamed := true;
                o.o_used := coalesce(v.used, 0);
                o.o_held := 0;
                o.o_now := v.now;
                RETURN NEXT o;
                RETURN;
            END IF;
            IF v.id IS NULL THEN
                INSERT INTO ${quota_schema}.usage_counter (subject, feature, window_start, window_end)
                VALUES (p_subject, p_feature, p_start, p_end)
                ON CONFLICT DO NOTHING
                RETURNING id INTO v_created;
            END IF;
            SELECT u.id, u.used, u.fired, u.generation
              INTO v
              FROM ${quota_schema}.usage_counter u
             WHERE u.subject = p_subject AND u.feature = p_feature AND u.window_start = p_start AND u.window_end = p_end
               AND p_amount <= p_most - u.used AND u.held = 0 AND u.burned = 0
               FOR UPDATE;
            v_id := v.id;
            v_after := v.used + p_amount;
            v_careful := true;
        END IF;
    END IF;

    IF v_id IS NOT NULL THEN
        INSERT INTO ${quota_schema}.usage_record
               (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after, limit_units,
                overage, source, source_plan, source_version, key, fingerprint, degraded, metadata, recorded_at)
        SELECT p_dedup, p_subject, p_feature, p_start, p_end, 'RECORD', p_amount, v_after, 0, p_limit,
               CASE WHEN p_limit < 0 THEN 0 ELSE greatest(0, v_after - greatest(p_limit, v_after - p_amount)) END,
               p_source, p_source_plan, p_source_version, p_key, p_fingerprint, false, p_metadata::jsonb, c.now
          FROM (SELECT ${quota_schema}.quota_now() AS now OFFSET 0) c
         WHERE NOT EXISTS (SELECT FROM ${quota_schema}.usage_record t WHERE t.dedup = p_dedup)
           AND c.now >= p_start AND c.now < p_end AND c.now >= p_valid_from AND c.now < p_valid_until
           AND coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = p_subject), 0)
               = p_subject_revision
           AND (p_plan IS NULL
                OR coalesce((SELECT g.version FROM ${quota_schema}.plan g WHERE g.code = p_plan), 0) = p_plan_version)
           AND (p_default_revision = -1
                OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d WHERE d.only_row), 0) = p_default_revision)
        ON CONFLICT (dedup) DO NOTHING -- in another window, with another counter, the key may be coming at this moment
        RETURNING 1, 'ACCEPTED', used_after, 0, overage, recorded_at
             INTO o.o_line, o.o_outcome, o.o_used, o.o_held, o.o_overage, o.o_now;
        IF FOUND THEN
            RETURN NEXT o;
            IF v_careful THEN
                SELECT * INTO v_fires FROM ${quota_schema}.quota_fire(
                    p_subject, p_feature, p_start, p_end, p_limit, p_thresholds::integer[],
                    v.used, v_after, o.o_now, v.fired, v.generation);
                UPDATE ${quota_schema}.usage_counter u
                   SET used = v_after, fired = v_fires.io_fired, generation = v_fires.io_generation
                 WHERE u.id = v_id;
                FOR a IN 1 .. cardinality(v_fires.o_alert_ids) LOOP
                    o.o_outcome := 'ALERT';
                    o.o_limit := p_limit;
                    o.o_alert := v_fires.o_alert_ids[a];
                    o.o_threshold := v_fires.o_alert_thresholds[a];
                    o.o_generation := v_fires.io_generation;
                    RETURN NEXT o;
                END LOOP;
            END IF;
            RETURN;
        END IF;
        IF NOT v_careful THEN
            UPDATE ${quota_schema}.usage_counter u SET used = u.used - p_amount WHERE u.id = v_id;
        END IF;
    END IF;
    -- R2: a counter that was created for a use that was then known or stale is as if it had never been.
    IF v_created IS NOT NULL THEN
        DELETE FROM ${quota_schema}.usage_counter u WHERE u.id = v_created;
    END IF;

    RETURN QUERY
    SELECT * FROM ${quota_schema}.quota_execute(
        p_lock_timeout_ms,
        ARRAY[p_subject], ARRAY[p_feature], ARRAY[p_start], ARRAY[p_end],
        ARRAY[CASE WHEN p_amount <= p_most THEN 2 ELSE 1 END]::smallint[], NULL,
        ARRAY[0], ARRAY[1], ARRAY[1], ARRAY['RECORD'], ARRAY[p_key], ARRAY[p_dedup],
        ARRAY[p_fingerprint], ARRAY[p_metadata], ARRAY[p_subject], ARRAY[p_feature], ARRAY[p_amount],
        NULL, NULL, NULL, ARRAY[true], ARRAY[p_alarm],
        ARRAY[p_limit], ARRAY[p_ceiling], ARRAY[p_thresholds],
        ARRAY[p_source], ARRAY[p_source_plan], ARRAY[p_source_version],
        ARRAY[p_start], ARRAY[p_end], ARRAY[p_valid_from], ARRAY[p_valid_until],
        ARRAY[p_subject_revision], ARRAY[p_plan], ARRAY[p_plan_version], ARRAY[p_default_revision],
        NULL, NULL, NULL);
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 11;
