-- Many uses of one feature each, in one statement, each by itself allowed or refused in the order of the list: for what
-- quota_uses cannot decide at once.
--
-- c_*: the distinct counters in the order in which they are locked, with the terms that all their uses have. l_*: the uses.
-- What is more than a plain use after all (a hold in the way, a grant, a known key, stale terms) goes to quota_execute
-- when the others are done; that these come first changes nothing for it, since it takes all uses of a counter along.
CREATE FUNCTION ${quota_schema}.quota_uses_one_by_one(
    p_lock_timeout_ms integer,
    c_subject text[], c_feature text[], c_start timestamptz[], c_end timestamptz[],
    c_limit bigint[], c_ceiling bigint[], c_most bigint[], c_alarm bigint[], c_thresholds text[],
    c_source text[], c_source_plan text[], c_source_version bigint[], c_valid_from timestamptz[], c_valid_until timestamptz[],
    c_subject_revision bigint[], c_plan text[], c_plan_version bigint[], c_default_revision bigint[],
    l_counter integer[], l_amount bigint[], l_key text[], l_dedup uuid[], l_fingerprint bigint[],
    l_metadata text[])
RETURNS SETOF ${quota_schema}.quota_answer
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET lock_timeout = 0 -- set for real below; named here so that the caller's own setting is back afterwards
AS $body$
#variable_conflict use_column
DECLARE
    v_lines    CONSTANT integer := cardinality(l_counter);
    v_counters CONSTANT integer := cardinality(c_subject);
    v_created bigint[];
    v_now     timestamptz;
    -- per counter
    s_id         bigint[];
    s_used       bigint[];
    s_fired      text[];
    s_generation bigint[];
    s_plain      boolean[]; -- no hold, nothing from grants, and its terms hold
    s_dirty      boolean[];
    -- per use
    a_known   boolean[]; -- whether its key is
    a_after   bigint[];  -- used after it, null where it is not charged
    a_seen    bigint[];  -- used when it was refused
    v_rest    integer[]; -- those that are more than plain uses
    v_fires   boolean := false;
    v_k       integer;
    v_after   bigint;
    o ${quota_schema}.quota_answer;
    c record; f record;
BEGIN
    IF set_config('lock_timeout', p_lock_timeout_ms::text, true) IS NULL
       OR current_setting('transaction_isolation') <> 'read committed'
    THEN
        RAISE EXCEPTION 'quota_uses_one_by_one needs transaction isolation read committed, but it is %',
            current_setting('transaction_isolation') USING ERRCODE = 'QG001';
    END IF;

    -- All are locked in the order of the array (trap 14).
    SELECT array_agg(x.id), array_agg(x.used), array_agg(x.fired::text), array_agg(x.generation),
           array_agg(x.held = 0 AND x.burned = 0)
      INTO s_id, s_used, s_fired, s_generation, s_plain
      FROM (SELECT u.*
              FROM generate_series(1, v_counters) AS k
              LEFT JOIN LATERAL (
                   SELECT t.id, t.used, t.held, t.burned, t.fired, t.generation
                     FROM ${quota_schema}.usage_counter t
                    WHERE t.subject = c_subject[k] AND t.feature = c_feature[k]
                      AND t.window_start = c_start[k] AND t.window_end = c_end[k]
                      FOR UPDATE) u ON true) x;
    v_now := ${quota_schema}.quota_now();
    IF array_position(s_id, NULL) IS NOT NULL THEN
        FOR c IN
            INSERT INTO ${quota_schema}.usage_counter AS u (subject, feature, window_start, window_end)
            SELECT c_subject[k], c_feature[k], c_start[k], c_end[k]
              FROM generate_series(1, v_counters) AS k
             WHERE s_id[k] IS NULL
             ORDER BY k
            ON CONFLICT DO NOTHING
            RETURNING u.id, u.subject, u.feature, u.window_start, u.window_end
        LOOP
            FOR k IN 1 .. v_counters LOOP
                IF c_subject[k] = c.subject AND c_feature[k] = c.feature
                   AND c_start[k] = c.window_start AND c_end[k] = c.window_end
                THEN
                    v_created := v_created || c.id;
                    s_id[k] := c.id;
                    s_used[k] := 0;
                    s_fired[k] := '{}';
                    s_generation[k] := 0;
                    s_plain[k] := true;
                END IF;
            END LOOP;
        END LOOP;
        -- To wait now for what somebody else has created meanwhile would be out of order; the next attempt finds it there.
        IF array_position(s_id, NULL) IS NOT NULL THEN
            RAISE EXCEPTION 'a counter was created by another call at the same time' USING ERRCODE = '40001';
        END IF;
    END IF;

    -- Terms and keys are verified by statements that come after the locks (traps 3, 4 and 13).
    SELECT array_agg(s_plain[k] AND v_now >= c_start[k] AND v_now < c_end[k]
               AND v_now >= c_valid_from[k] AND v_now < c_valid_until[k]
               AND coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = c_subject[k]), 0)
                   = c_subject_revision[k]
               AND (c_plan[k] IS NULL
                    OR coalesce((SELECT g.version FROM ${quota_schema}.plan g WHERE g.code = c_plan[k]), 0) = c_plan_version[k])
               AND (c_default_revision[k] = -1
                    OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d WHERE d.only_row), 0)
                       = c_default_revision[k]))
      INTO s_plain
      FROM generate_series(1, v_counters) AS k;
    -- Not EXISTS: for many lines the planner would rather read the whole ledger once than look each of them up.
    a_known := ARRAY(SELECT (SELECT true FROM ${quota_schema}.usage_record t WHERE t.dedup = l_dedup[j]) IS NOT NULL
                       FROM generate_series(1, v_lines) AS j);
    s_dirty := array_fill(false, ARRAY[v_counters]);
    a_after := array_fill(NULL::bigint, ARRAY[v_lines]);
    a_seen := a_after;
    FOR j IN 1 .. v_lines LOOP
        v_k := l_counter[j];
        IF a_known[j] OR NOT s_plain[v_k] THEN
            v_rest := v_rest || j;
        ELSIF l_amount[j] > c_most[v_k] - s_used[v_k] THEN -- R1 without overflow (trap 12)
            IF c_ceiling[v_k] < 0 THEN
                v_rest := v_rest || j; -- R6: beyond the largest sum
            ELSE
                a_seen[j] := s_used[v_k];
            END IF;
        ELSE
            v_after := s_used[v_k] + l_amount[j];
            IF v_after >= c_alarm[v_k] OR s_fired[v_k] <> '{}' THEN
                v_fires := true;
                SELECT * INTO f FROM ${quota_schema}.quota_fire(
                    c_subject[v_k], c_feature[v_k], c_start[v_k], c_end[v_k], c_limit[v_k], c_thresholds[v_k]::integer[],
                    s_used[v_k], v_after, v_now, s_fired[v_k]::integer[], s_generation[v_k]);
                s_fired[v_k] := f.io_fired::text;
                s_generation[v_k] := f.io_generation;
                FOR a IN 1 .. cardinality(f.o_alert_ids) LOOP
                    o.o_line := j;
                    o.o_outcome := 'ALERT';
                    o.o_used := v_after;
                    o.o_limit := c_limit[v_k];
                    o.o_alert := f.o_alert_ids[a];
                    o.o_threshold := f.o_alert_thresholds[a];
                    o.o_generation := f.io_generation;
                    o.o_now := v_now;
                    RETURN NEXT o;
                END LOOP;
            END IF;
            s_used[v_k] := v_after;
            s_dirty[v_k] := true;
            a_after[j] := v_after;
        END IF;
    END LOOP;

    IF true = ANY (s_dirty) THEN
        IF v_fires THEN
            UPDATE ${quota_schema}.usage_counter u
               SET used = d.used, fired = d.fired::integer[], generation = d.generation
              FROM (SELECT s_id[k] AS id, s_used[k] AS used, s_fired[k] AS fired, s_generation[k] AS generation
                      FROM generate_series(1, v_counters) AS k WHERE s_dirty[k] OFFSET 0) d
             WHERE u.id = d.id;
        ELSE
            UPDATE ${quota_schema}.usage_counter u
               SET used = d.used
              FROM (SELECT s_id[k] AS id, s_used[k] AS used FROM generate_series(1, v_counters) AS k WHERE s_dirty[k] OFFSET 0) d
             WHERE u.id = d.id;
        END IF;
        INSERT INTO ${quota_schema}.usage_record
               (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after, limit_units,
                overage, source, source_plan, source_version, key, fingerprint, degraded, metadata, recorded_at)
        SELECT l_dedup[j], c_subject[k], c_feature[k], c_start[k], c_end[k], 'RECORD', l_amount[j], a_after[j], 0, c_limit[k],
               CASE WHEN c_limit[k] < 0 THEN 0
                    ELSE greatest(0, a_after[j] - greatest(c_limit[k], a_after[j] - l_amount[j])) END,
               c_source[k], c_source_plan[k], c_source_version[k], l_key[j], l_fingerprint[j], false, l_metadata[j]::jsonb, v_now
          FROM (SELECT j, l_counter[j] AS k FROM generate_series(1, v_lines) AS j WHERE a_after[j] IS NOT NULL OFFSET 0) n;
    END IF;
    -- R2: a counter that was created for uses that were then refused, known or stale is as if it had never been.
    IF v_created IS NOT NULL THEN
        DELETE FROM ${quota_schema}.usage_counter u
         WHERE u.id = ANY (v_created)
           AND NOT EXISTS (SELECT FROM unnest(s_id, s_dirty) AS d (id, dirty) WHERE d.id = u.id AND d.dirty);
    END IF;

    RETURN QUERY
    SELECT j, CASE WHEN a_after[j] IS NULL THEN 'REFUSED' ELSE 'ACCEPTED' END, a_after[j] IS NULL,
           coalesce(a_after[j], a_seen[j]), 0::bigint, NULL::bigint, NULL::bigint,
           CASE WHEN a_after[j] IS NULL OR c_limit[k] < 0 THEN 0::bigint
                ELSE greatest(0, a_after[j] - greatest(c_limit[k], a_after[j] - l_amount[j])) END,
           NULL::timestamptz, v_now, NULL::bigint, NULL::integer, NULL::bigint, NULL::bigint, NULL::text, NULL::text,
           NULL::timestamptz, NULL::timestamptz, NULL::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::bigint, NULL::bigint[]
      FROM (SELECT j, l_counter[j] AS k FROM generate_series(1, v_lines) AS j
             WHERE a_after[j] IS NOT NULL OR a_seen[j] IS NOT NULL OFFSET 0) n;
    IF v_rest IS NOT NULL THEN
        RETURN QUERY SELECT * FROM ${quota_schema}.quota_uses_rest(
            p_lock_timeout_ms, v_rest,
            c_subject, c_feature, c_start, c_end, c_limit, c_ceiling, c_most, c_alarm, c_thresholds,
            c_source, c_source_plan, c_source_version, c_valid_from, c_valid_until,
            c_subject_revision, c_plan, c_plan_version, c_default_revision,
            l_counter, l_amount, l_key, l_dedup, l_fingerprint, l_metadata);
    END IF;
END
$body$;

-- Hands some of the uses of quota_uses_one_by_one to quota_execute. Its caller has locked their counters.
CREATE FUNCTION ${quota_schema}.quota_uses_rest(
    p_lock_timeout_ms integer, p_rest integer[],
    c_subject text[], c_feature text[], c_start timestamptz[], c_end timestamptz[],
    c_limit bigint[], c_ceiling bigint[], c_most bigint[], c_alarm bigint[], c_thresholds text[],
    c_source text[], c_source_plan text[], c_source_version bigint[], c_valid_from timestamptz[], c_valid_until timestamptz[],
    c_subject_revision bigint[], c_plan text[], c_plan_version bigint[], c_default_revision bigint[],
    l_counter integer[], l_amount bigint[], l_key text[], l_dedup uuid[], l_fingerprint bigint[], l_metadata text[])
RETURNS SETOF ${quota_schema}.quota_answer
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT p_rest[e.o_line], e.o_outcome, e.o_blamed, e.o_used, e.o_held, e.o_top_ups, e.o_amount, e.o_overage, e.o_held_until,
           e.o_now, e.o_alert, e.o_threshold, e.o_generation, e.o_limit, e.o_subject, e.o_feature, e.o_start, e.o_end,
           e.o_source, e.o_plan, e.o_plan_version, e.o_origin_subject, e.o_origin_feature, e.o_rate, e.o_counts
      FROM (SELECT array_agg(l_counter[r.line] ORDER BY r.ord) AS counters,
                   array_agg(0 ORDER BY r.ord) AS lefts, array_agg(r.ord::integer ORDER BY r.ord) AS twins,
                   array_agg('RECORD'::text ORDER BY r.ord) AS operations, array_agg(true ORDER BY r.ord) AS standing,
                   array_agg(l_amount[r.line] ORDER BY r.ord) AS amounts, array_agg(l_key[r.line] ORDER BY r.ord) AS keys,
                   array_agg(l_dedup[r.line] ORDER BY r.ord) AS dedups,
                   array_agg(l_fingerprint[r.line] ORDER BY r.ord) AS fingerprints,
                   array_agg(l_metadata[r.line] ORDER BY r.ord) AS metadata
              FROM unnest(p_rest) WITH ORDINALITY AS r (line, ord)) u,
           LATERAL (
            SELECT array_agg(c_subject[k.c] ORDER BY k.ord) AS subjects, array_agg(c_feature[k.c] ORDER BY k.ord) AS features,
                   array_agg(c_start[k.c] ORDER BY k.ord) AS starts, array_agg(c_end[k.c] ORDER BY k.ord) AS ends,
                   array_agg(c_limit[k.c] ORDER BY k.ord) AS limits, array_agg(c_ceiling[k.c] ORDER BY k.ord) AS ceilings,
                   array_agg(c_alarm[k.c] ORDER BY k.ord) AS alarms,
                   array_agg(c_thresholds[k.c] ORDER BY k.ord) AS thresholds,
                   array_agg(c_source[k.c] ORDER BY k.ord) AS sources,
                   array_agg(c_source_plan[k.c] ORDER BY k.ord) AS source_plans,
                   array_agg(c_source_version[k.c] ORDER BY k.ord) AS source_versions,
                   array_agg(c_valid_from[k.c] ORDER BY k.ord) AS valid_from,
                   array_agg(c_valid_until[k.c] ORDER BY k.ord) AS valid_until,
                   array_agg(c_subject_revision[k.c] ORDER BY k.ord) AS revisions,
                   array_agg(c_plan[k.c] ORDER BY k.ord) AS plans, array_agg(c_plan_version[k.c] ORDER BY k.ord) AS plan_versions,
                   array_agg(c_default_revision[k.c] ORDER BY k.ord) AS defaults
              FROM unnest(u.counters) WITH ORDINALITY AS k (c, ord)) t,
           LATERAL ${quota_schema}.quota_execute(
            p_lock_timeout_ms, c_subject, c_feature, c_start, c_end,
            -- Only who may pass beside zero creates its counter (R2).
            ARRAY(SELECT CASE WHEN EXISTS (SELECT FROM unnest(p_rest) r WHERE l_counter[r] = k.ord AND l_amount[r] <= k.most)
                              THEN 2 WHEN k.ord = ANY (u.counters) THEN 1 ELSE 0 END
                    FROM unnest(c_most) WITH ORDINALITY AS k (most, ord) ORDER BY k.ord)::smallint[],
            NULL, u.lefts, u.counters, u.twins, u.operations, u.keys, u.dedups, u.fingerprints, u.metadata,
            t.subjects, t.features, u.amounts, NULL, NULL, NULL, u.standing, t.alarms,
            t.limits, t.ceilings, t.thresholds, t.sources, t.source_plans, t.source_versions,
            t.starts, t.ends, t.valid_from, t.valid_until, t.revisions, t.plans, t.plan_versions, t.defaults,
            NULL, NULL, NULL) e
$body$;

UPDATE ${quota_schema}.schema_info SET version = 12;
