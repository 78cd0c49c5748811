-- Plain uses that a store in front of this one decided: charged by two statements, one write for each counter.
--
-- t_*: the distinct terms; t_alarm is the usage from which on an alert may have to fire. c_*: the distinct counters in the
-- order in which they are locked. l_*: the uses, in the order of their decisions and each with a key of its own; l_at is when
-- each was decided, within its window.
--
-- o_counts tells what each counter had after a use, null where the use was posted before. What is more than plain (a hold
-- on the counter, units of grants in it, a key that stands for something else, a sum beyond all limits) takes the way of all
-- commands, and the whole list with it, so that its order is kept.
CREATE FUNCTION ${quota_schema}.quota_post(
    p_lock_timeout_ms integer,
    t_feature text[], t_start timestamptz[], t_end timestamptz[], t_limit bigint[], t_alarm bigint[], t_thresholds text[],
    t_source text[], t_source_plan text[], t_source_version bigint[],
    c_subject text[], c_terms integer[],
    l_counter integer[], l_terms integer[], l_amount bigint[], l_key text[], l_dedup uuid[], l_fingerprint bigint[],
    l_metadata text[], l_at timestamptz[])
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
    c_max      CONSTANT bigint := 9007199254740991; -- R6: 2^53 - 1
    v_lines    CONSTANT integer := cardinality(l_counter);
    v_counters CONSTANT integer := cardinality(c_subject);
    -- per counter
    s_asked bigint[];  -- units of all its uses that are new
    s_at    integer[]; -- its place among those that are charged
    s_terms integer[]; -- the terms of its last use so far
    s_next  bigint[];  -- the usage from which on its alerts have to be looked at
    -- per counter that is charged, in order
    v_charged    integer[];
    s_id         bigint[];
    s_used       bigint[]; -- after its uses so far
    s_fired      text[];
    s_generation bigint[];
    s_plain      boolean[];
    -- per use
    a_known boolean[];
    a_after bigint[];
    v_known boolean;
    v_plain boolean;
    v_tries integer := 0;
    v_k     integer;
    v_t     integer;
    v_i     integer;
    v_after bigint;
    v_fires ${quota_schema}.quota_answer[];
    o ${quota_schema}.quota_answer;
    f record;
BEGIN
    IF set_config('lock_timeout', p_lock_timeout_ms::text, true) IS NULL
       OR current_setting('transaction_isolation') <> 'read committed'
    THEN
        RAISE EXCEPTION 'quota_post needs transaction isolation read committed, but it is %',
            current_setting('transaction_isolation') USING ERRCODE = 'QG001';
    END IF;

    -- Keys are read before the locks, so another node may post the same meanwhile: then the ledger refuses the second row of
    -- a key, everything is taken back, and the keys are read again.
    LOOP
        BEGIN
            v_tries := v_tries + 1;
            v_fires := '{}';
            a_after := array_fill(NULL::bigint, ARRAY[v_lines]);
            SELECT array_agg(known.yes IS NOT NULL ORDER BY n.j), bool_or(known.yes) IS NOT NULL, bool_and(known.yes) IS NOT false
              INTO a_known, v_known, v_plain
              FROM unnest(l_dedup) WITH ORDINALITY AS n (dedup, j)
              LEFT JOIN LATERAL (
                   SELECT r.subject = c_subject[l_counter[n.j]] AND r.feature = t_feature[l_terms[n.j]] AND r.key = l_key[n.j]
                          AND r.fingerprint = l_fingerprint[n.j] AND r.operation = 'RECORD' AND r.charged_with IS NULL AS yes
                     FROM ${quota_schema}.usage_record r
                    WHERE r.dedup = n.dedup LIMIT 1) known ON true;
            EXIT WHEN NOT v_plain;

            s_asked := array_fill(0::bigint, ARRAY[v_counters]);
            FOR j IN 1 .. v_lines LOOP
                IF NOT a_known[j] THEN
                    v_k := l_counter[j];
                    s_asked[v_k] := s_asked[v_k] + l_amount[j];
                END IF;
            END LOOP;
            v_charged := ARRAY(SELECT k FROM generate_series(1, v_counters) AS k WHERE s_asked[k] > 0);

            -- Locks them in the order of the array (trap 14), and makes those that are not there yet.
            WITH charged AS (
                INSERT INTO ${quota_schema}.usage_counter AS u (subject, feature, window_start, window_end, used)
                SELECT c_subject[d.k], t_feature[d.t], t_start[d.t], t_end[d.t], s_asked[d.k]
                  FROM (SELECT k, c_terms[k] AS t FROM unnest(v_charged) AS k OFFSET 0) d
                ON CONFLICT (subject, feature, window_start, window_end) DO UPDATE
                   SET used = u.used + excluded.used
                RETURNING u.id, u.used, u.fired, u.generation, u.held, u.burned)
            SELECT array_agg(c.id), array_agg(c.used), array_agg(c.fired::text), array_agg(c.generation),
                   bool_and(c.held = 0 AND c.burned = 0 AND c.used <= c_max) IS NOT false
              INTO s_id, s_used, s_fired, s_generation, v_plain
              FROM charged c;
            IF NOT v_plain THEN
                RAISE EXCEPTION 'more than plain uses' USING ERRCODE = 'QG003';
            END IF;

            s_at := array_fill(NULL::integer, ARRAY[v_counters]);
            s_terms := array_fill(0, ARRAY[v_counters]);
            s_next := array_fill(0::bigint, ARRAY[v_counters]);
            FOR i IN 1 .. cardinality(v_charged) LOOP
                s_at[v_charged[i]] := i;
                s_used[i] := s_used[i] - s_asked[v_charged[i]];
            END LOOP;
            FOR j IN 1 .. v_lines LOOP
                CONTINUE WHEN a_known[j];
                v_k := l_counter[j];
                v_i := s_at[v_k];
                v_t := l_terms[j];
                v_after := s_used[v_i] + l_amount[j];
                IF s_terms[v_k] <> v_t THEN
                    s_terms[v_k] := v_t;
                    s_next[v_k] := CASE WHEN s_fired[v_i] = '{}' THEN t_alarm[v_t] ELSE 0 END;
                END IF;
                IF v_after >= s_next[v_k] THEN
                    SELECT * INTO f FROM ${quota_schema}.quota_fire(
                        c_subject[v_k], t_feature[v_t], t_start[v_t], t_end[v_t], t_limit[v_t], t_thresholds[v_t]::integer[],
                        s_used[v_i], v_after, l_at[j], s_fired[v_i]::integer[], s_generation[v_i]);
                    IF f.io_fired::text <> s_fired[v_i] OR f.io_generation <> s_generation[v_i] THEN
                        s_fired[v_i] := f.io_fired::text;
                        s_generation[v_i] := f.io_generation;
                        UPDATE ${quota_schema}.usage_counter u SET fired = f.io_fired, generation = f.io_generation
                         WHERE u.id = s_id[v_i];
                    END IF;
                    -- While these terms last, all that the usage has reached has fired.
                    s_next[v_k] := coalesce(
                        (SELECT min((t * t_limit[v_t] + 99) / 100) FROM unnest(t_thresholds[v_t]::integer[]) t
                          WHERE t * t_limit[v_t] > v_after * 100), 9223372036854775807);
                    o := NULL;
                    o.o_line := j;
                    o.o_outcome := 'ALERT';
                    o.o_used := v_after;
                    o.o_limit := t_limit[v_t];
                    o.o_generation := f.io_generation;
                    o.o_held_until := l_at[j]; -- of an alert: when it fired
                    FOR a IN 1 .. cardinality(f.o_alert_ids) LOOP
                        o.o_alert := f.o_alert_ids[a];
                        o.o_threshold := f.o_alert_thresholds[a];
                        v_fires := v_fires || o;
                    END LOOP;
                END IF;
                s_used[v_i] := v_after;
                a_after[j] := v_after;
            END LOOP;

            INSERT INTO ${quota_schema}.usage_record
                   (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after, limit_units,
                    overage, source, source_plan, source_version, key, fingerprint, degraded, metadata, recorded_at)
            SELECT l_dedup[n.j], c_subject[n.k], t_feature[n.t], t_start[n.t], t_end[n.t], 'RECORD', n.amount,
                   n.after, 0, n.units, CASE WHEN n.units < 0 THEN 0 ELSE least(n.amount, greatest(0, n.after - n.units)) END,
                   t_source[n.t], t_source_plan[n.t], t_source_version[n.t], l_key[n.j], l_fingerprint[n.j], false,
                   l_metadata[n.j]::jsonb, l_at[n.j]
              FROM (SELECT j, l_counter[j] AS k, l_terms[j] AS t, l_amount[j] AS amount, a_after[j] AS after,
                           t_limit[l_terms[j]] AS units
                      FROM generate_series(1, v_lines) AS j
                     WHERE a_after[j] IS NOT NULL OFFSET 0) n;
            EXIT;
        EXCEPTION
            WHEN unique_violation THEN
                v_plain := v_tries < 3; -- it may be a key of something else that has the same identity
                EXIT WHEN NOT v_plain;
            WHEN SQLSTATE 'QG003' THEN
                EXIT;
        END;
    END LOOP;

    IF NOT v_plain THEN
        RETURN QUERY
        SELECT w.*
          FROM (SELECT array_agg(t_feature[t] ORDER BY k) AS feature, array_agg(t_start[t] ORDER BY k) AS starts,
                       array_agg(t_end[t] ORDER BY k) AS ends, array_agg(2::smallint) AS access
                  FROM unnest(c_terms) WITH ORDINALITY AS x (t, k)) c,
               (SELECT array_agg(0) AS zeros, array_agg(0::bigint) AS revisions, array_agg(-1::bigint) AS unused,
                       array_agg(j::integer ORDER BY j) AS twin, array_agg('POST'::text) AS operation,
                       array_agg(true) AS standing, array_agg(NULL::text) AS nothing,
                       array_agg('-infinity'::timestamptz) AS since, array_agg('infinity'::timestamptz) AS until,
                       array_agg(c_subject[l_counter[j]] ORDER BY j) AS subject, array_agg(t_feature[t] ORDER BY j) AS feature,
                       array_agg(t_start[t] ORDER BY j) AS starts, array_agg(t_end[t] ORDER BY j) AS ends,
                       array_agg(t_limit[t] ORDER BY j) AS units, array_agg(t_alarm[t] ORDER BY j) AS alarm,
                       array_agg(t_thresholds[t] ORDER BY j) AS thresholds, array_agg(t_source[t] ORDER BY j) AS source,
                       array_agg(t_source_plan[t] ORDER BY j) AS plan, array_agg(t_source_version[t] ORDER BY j) AS version
                  FROM unnest(l_terms) WITH ORDINALITY AS x (t, j)) l
         CROSS JOIN LATERAL ${quota_schema}.quota_execute(
               p_lock_timeout_ms, c_subject, c.feature, c.starts, c.ends, c.access, NULL,
               l.zeros, l_counter, l.twin, l.operation, l_key, l_dedup, l_fingerprint, l_metadata, l.subject, l.feature, l_amount,
               NULL, NULL, NULL, l.standing, l.alarm, l.units, l.units, l.thresholds, l.source, l.plan, l.version,
               l.starts, l.ends, l.since, l.until, l.revisions, l.nothing, l.revisions, l.unused,
               NULL, NULL, NULL, l_at) w;
        RETURN;
    END IF;
    o := NULL;
    o.o_outcome := 'POSTED';
    o.o_now := ${quota_schema}.quota_now();
    o.o_counts := a_after;
    RETURN NEXT o;
    RETURN QUERY SELECT a.* FROM unnest(v_fires) a;
    -- R7: a replay answers what was charged then.
    IF v_known THEN
        RETURN QUERY
        SELECT n.j::integer, 'WRITTEN', false, w.used_after, w.held_after, NULL::bigint, w.amount, greatest(0, w.overage),
               NULL::timestamptz, o.o_now, NULL::bigint, NULL::integer, NULL::bigint, w.limit_units, w.subject, w.feature,
               w.window_start, w.window_end, w.source, w.source_plan, w.source_version,
               NULL::text, NULL::text, NULL::bigint, NULL::bigint[]
          FROM unnest(l_dedup) WITH ORDINALITY AS n (dedup, j)
          JOIN ${quota_schema}.usage_record w ON w.dedup = n.dedup
         WHERE a_known[n.j];
    END IF;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 16;
