-- Re-arms and fires the alerts of a subject's counters under changed terms (R29, R30), within the transaction of the
-- change. The lines come sorted as quota_execute locks them.
--
-- A first use under the old terms may be under way while the change is made: its counter is not visible yet, but its
-- alerts must be realigned all the same. So a missing counter is created, which waits for whoever creates it too, and is
-- removed again when nobody did.
--
-- A percentage is one of the limit with the subject's grants on top (R38). Their rows are only read here, and locked, once
-- all counters are: l_granted says for which lines there are any.
CREATE FUNCTION ${quota_schema}.quota_realign(
    l_subject text[], l_feature text[], l_start timestamptz[], l_end timestamptz[], l_valid_from timestamptz[],
    l_valid_until timestamptz[],
    l_limit bigint[], l_thresholds text[], l_granted boolean[])
RETURNS TABLE (
    o_line integer, o_outcome text, o_used bigint, o_limit bigint, o_alert bigint, o_threshold integer, o_generation bigint,
    o_now timestamptz)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
AS $body$
#variable_conflict use_column
DECLARE
    v_created bigint[];
    v_now     timestamptz;
    v_limit   bigint;
    c record; f record;
BEGIN
    WITH missing AS (
        INSERT INTO ${quota_schema}.usage_counter (subject, feature, window_start, window_end)
        SELECT k.subject, k.feature, k.starts, k.ends
          FROM unnest(l_subject, l_feature, l_start, l_end) WITH ORDINALITY AS k (subject, feature, starts, ends, ord)
         ORDER BY k.ord
        ON CONFLICT DO NOTHING
        RETURNING id)
    SELECT coalesce(array_agg(missing.id), '{}') INTO v_created FROM missing;
    PERFORM u.id
       FROM unnest(l_subject, l_feature, l_start, l_end) WITH ORDINALITY AS k (subject, feature, starts, ends, ord)
      CROSS JOIN LATERAL (
            SELECT t.id FROM ${quota_schema}.usage_counter t
             WHERE t.subject = k.subject AND t.feature = k.feature
               AND t.window_start = k.starts AND t.window_end = k.ends
               FOR UPDATE) u;
    IF true = ANY (l_granted) THEN
        PERFORM g.id
           FROM unnest(l_subject, l_feature, l_granted) WITH ORDINALITY AS k (subject, feature, granted, ord)
          CROSS JOIN LATERAL (
                SELECT t.id FROM ${quota_schema}.usage_grant t
                 WHERE k.granted AND t.subject = k.subject AND t.feature = k.feature AND t.voided_at IS NULL
                 ORDER BY t.id
                   FOR UPDATE) g;
    END IF;
    v_now := ${quota_schema}.quota_now();
    FOR c IN
        SELECT k.*, u.id, u.used, u.fired, u.generation,
               u.burned + CASE WHEN k.granted THEN ${quota_schema}.quota_left(k.subject, k.feature, v_now) ELSE 0 END AS top_ups
          FROM unnest(l_subject, l_feature, l_start, l_end, l_valid_from, l_valid_until, l_limit, l_thresholds, l_granted)
               WITH ORDINALITY AS k (subject, feature, starts, ends, valid_from, valid_until, units, thresholds, granted, ord)
         CROSS JOIN LATERAL (
               SELECT t.id, t.used, t.burned, t.fired, t.generation FROM ${quota_schema}.usage_counter t
                WHERE t.subject = k.subject AND t.feature = k.feature
                  AND t.window_start = k.starts AND t.window_end = k.ends LIMIT 1) u
         ORDER BY k.ord
    LOOP
        o_line := c.ord;
        o_now := v_now;
        IF NOT (v_now >= c.starts AND v_now < c.ends AND v_now >= c.valid_from AND v_now < c.valid_until) THEN
            o_outcome := 'STALE_CLOCK'; -- the caller undoes the whole change
            RETURN NEXT;
            RETURN;
        END IF;
        CONTINUE WHEN c.id = ANY (v_created);
        v_limit := CASE WHEN c.units < 0 THEN c.units ELSE least(9007199254740991, c.units + c.top_ups) END;
        FOR f IN SELECT * FROM ${quota_schema}.quota_fire(
            c.subject, c.feature, c.starts, c.ends, v_limit, c.thresholds::integer[],
            c.used, c.used, v_now, c.fired, c.generation)
        LOOP
            UPDATE ${quota_schema}.usage_counter u
               SET fired = f.io_fired, generation = f.io_generation
             WHERE u.id = c.id AND (u.fired, u.generation) IS DISTINCT FROM (f.io_fired, f.io_generation);
            FOR a IN 1 .. cardinality(f.o_alert_ids) LOOP
                o_outcome := 'ALERT';
                o_used := c.used;
                o_limit := v_limit;
                o_alert := f.o_alert_ids[a];
                o_threshold := f.o_alert_thresholds[a];
                o_generation := f.io_generation;
                RETURN NEXT;
            END LOOP;
        END LOOP;
    END LOOP;
    DELETE FROM ${quota_schema}.usage_counter u WHERE u.id = ANY (v_created);
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 4;
