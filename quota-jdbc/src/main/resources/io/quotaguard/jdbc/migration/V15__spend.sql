-- Uses that were spent out of a hold by who held it: charged in one statement, and the hold keeps p_left units at most.
--
-- They were allowed when the hold was taken, so nothing is verified. u_*: the uses, in order. Sent twice, as after a lost
-- answer, the keys are known and only the hold is looked at, which never grows; so it may come late, too.
CREATE FUNCTION ${quota_schema}.quota_spend(
    p_lock_timeout_ms integer, p_target uuid, p_left bigint,
    p_subject text, p_feature text, p_start timestamptz, p_end timestamptz, p_limit bigint, p_thresholds text,
    p_source text, p_source_plan text, p_source_version bigint,
    u_key text[], u_dedup uuid[], u_amount bigint[], u_metadata text[])
RETURNS SETOF ${quota_schema}.quota_answer
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET lock_timeout = 0 -- set for real below; named here so that the caller's own setting is back afterwards
AS $body$
#variable_conflict use_column
DECLARE
    v_replay boolean := false;
    v_alive  boolean;
    v_units  bigint := 0;
    v_before bigint;
    v_limit  bigint;
    v_fires  record;
    u        ${quota_schema}.usage_counter;
    h        ${quota_schema}.reservation;
    o        ${quota_schema}.quota_answer;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'quota_spend needs transaction isolation read committed, but it is %',
            current_setting('transaction_isolation') USING ERRCODE = 'QG001';
    END IF;
    PERFORM set_config('lock_timeout', p_lock_timeout_ms::text, true);
    SELECT t.* INTO u FROM ${quota_schema}.usage_counter t
     WHERE t.subject = p_subject AND t.feature = p_feature AND t.window_start = p_start AND t.window_end = p_end
       FOR UPDATE;
    o.o_line := 1;
    o.o_now := ${quota_schema}.quota_now();
    SELECT t.* INTO h FROM ${quota_schema}.reservation t WHERE t.id = p_target;
    IF u.id IS NULL OR h.id IS NULL THEN
        o.o_outcome := 'NOT_FOUND';
        o.o_used := 0;
        o.o_held := 0;
        RETURN NEXT o;
        RETURN;
    END IF;
    IF u.held_until <= o.o_now THEN
        SELECT x.o_held, x.o_held_until INTO u.held, u.held_until
          FROM ${quota_schema}.quota_expire(ARRAY[u.id], o.o_now) x;
    END IF;
    IF cardinality(u_dedup) > 0 THEN
        v_replay := EXISTS (SELECT FROM ${quota_schema}.usage_record t WHERE t.dedup = u_dedup[1]);
    END IF;
    -- What the counter has let go of stays expired, also by a clock that went back since.
    v_alive := h.state = 'HELD' AND h.expires_at > o.o_now
               AND EXISTS (SELECT FROM ${quota_schema}.reservation_line r WHERE r.reservation = h.id AND r.counted);
    IF v_alive AND p_left < h.units THEN
        UPDATE ${quota_schema}.reservation t
           SET state = CASE WHEN p_left = 0 THEN 'RELEASED' ELSE t.state END, units = greatest(1, p_left)
         WHERE t.id = h.id;
        UPDATE ${quota_schema}.reservation_line r
           SET counted = p_left > 0, units = greatest(1, p_left)
         WHERE r.reservation = h.id;
        u.held := u.held - (h.units - p_left);
        IF p_left = 0 THEN
            u.held_until := ${quota_schema}.quota_held_until(u.id);
        END IF;
    END IF;
    v_before := u.used;
    v_limit := CASE WHEN p_limit < 0 THEN p_limit ELSE least(9007199254740991, p_limit + u.burned) END;
    IF NOT v_replay AND cardinality(u_dedup) > 0 THEN
        WITH written AS (
            INSERT INTO ${quota_schema}.usage_record
                   (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after,
                    limit_units, overage, source, source_plan, source_version, key, fingerprint, degraded, metadata, recorded_at)
            SELECT n.dedup, p_subject, p_feature, p_start, p_end, 'RECORD', n.amount, n.after, u.held, v_limit,
                   CASE WHEN v_limit < 0 THEN 0 ELSE least(n.amount, greatest(0, n.after - v_limit)) END,
                   p_source, p_source_plan, p_source_version, n.key, n.amount * 16 + 1, false, n.metadata::jsonb, o.o_now
              FROM (SELECT k.*, v_before + sum(k.amount) OVER (ORDER BY k.ord ROWS UNBOUNDED PRECEDING)::bigint AS after
                      FROM unnest(u_key, u_dedup, u_amount, u_metadata)
                           WITH ORDINALITY AS k (key, dedup, amount, metadata, ord)) n
             ORDER BY n.ord
            RETURNING amount)
        SELECT sum(written.amount)::bigint INTO v_units FROM written;
        u.used := u.used + v_units;
    END IF;
    IF v_units > 0 THEN
        SELECT * INTO v_fires FROM ${quota_schema}.quota_fire(
            p_subject, p_feature, p_start, p_end, v_limit, p_thresholds::integer[],
            v_before, u.used, o.o_now, u.fired, u.generation);
        u.fired := v_fires.io_fired;
        u.generation := v_fires.io_generation;
    END IF;
    UPDATE ${quota_schema}.usage_counter t
       SET used = u.used, held = u.held, held_until = u.held_until, fired = u.fired, generation = u.generation
     WHERE t.id = u.id;
    o.o_outcome := CASE WHEN v_replay THEN 'REPLAYED' ELSE 'ACCEPTED' END;
    o.o_used := u.used;
    o.o_held := u.held;
    o.o_top_ups := u.burned;
    o.o_overage := 0;
    o.o_held_until := CASE WHEN v_alive AND p_left > 0 THEN h.expires_at END;
    RETURN NEXT o;
    IF v_units > 0 THEN
        o.o_held_until := NULL;
        FOR a IN 1 .. cardinality(v_fires.o_alert_ids) LOOP
            o.o_outcome := 'ALERT';
            o.o_limit := v_limit;
            o.o_alert := v_fires.o_alert_ids[a];
            o.o_threshold := v_fires.o_alert_thresholds[a];
            o.o_generation := v_fires.io_generation;
            RETURN NEXT o;
        END LOOP;
    END IF;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 15;
