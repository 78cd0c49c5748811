-- The atomic step: a list of independent commands in one statement, hence one round trip and one transaction.
--
-- Arrays run in parallel. c_*: the distinct counters, sorted by subject, feature, start and end; c_access says 0 to
-- read, 1 to lock, 2 to lock and create. l_*: the lines of the commands, in order; l_left counts the lines of the
-- command that still follow, l_counter points into c_*, l_twin to the first line of the list with the same key.
--
-- The order is what makes it right. Locks come first; keys, revisions and clock are read by a later statement, whose
-- snapshot therefore holds all that was committed by whoever held the locks before; then everything is decided; only
-- then is anything written. The planner settings pin every look-up to its index: statistics of a table that is being
-- filled are always stale, and a plan must not flip because of it.
CREATE FUNCTION ${quota_schema}.quota_execute(
    p_lock_timeout_ms integer,
    c_subject text[], c_feature text[], c_start timestamptz[], c_end timestamptz[], c_access smallint[],
    l_left integer[], l_counter integer[], l_twin integer[], l_operation text[], l_key text[], l_dedup uuid[],
    l_fingerprint bigint[], l_metadata text[], l_subject text[], l_feature text[], l_amount bigint[],
    l_granted boolean[], l_limit bigint[], l_ceiling bigint[], l_alarm bigint[], l_thresholds text[],
    l_source text[], l_source_plan text[], l_source_version bigint[],
    l_start timestamptz[], l_end timestamptz[], l_valid_from timestamptz[], l_valid_until timestamptz[],
    l_subject_revision bigint[], l_plan text[], l_plan_version bigint[], l_default_revision bigint[])
RETURNS TABLE (
    o_line integer, o_outcome text, o_blamed boolean, o_used bigint, o_held bigint, o_limit bigint,
    o_start timestamptz, o_end timestamptz, o_source text, o_plan text, o_plan_version bigint,
    o_alert bigint, o_threshold integer, o_generation bigint, o_now timestamptz)
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
    v_counters CONSTANT integer := cardinality(c_access);
    v_wanted   CONSTANT integer := cardinality(array_positions(c_access, 2::smallint));
    -- per counter, as it stands after the commands decided so far
    s_id         bigint[]  := array_fill(NULL::bigint, ARRAY[v_counters]);
    s_used       bigint[]  := array_fill(0::bigint, ARRAY[v_counters]);
    s_held       bigint[]  := s_used;
    s_fired      text[]    := array_fill('{}'::text, ARRAY[v_counters]);
    s_generation bigint[]  := s_used;
    s_dirty      boolean[] := array_fill(false, ARRAY[v_counters]);
    -- per line
    a_outcome text[]    := array_fill(NULL::text, ARRAY[v_lines]);
    a_blamed  boolean[] := array_fill(false, ARRAY[v_lines]);
    a_used    bigint[]  := array_fill(NULL::bigint, ARRAY[v_lines]);
    a_held    bigint[]  := a_used;
    a_delta   bigint[]  := a_used; -- what a ledger row adds; null where none is written
    a_writer  integer[] := array_fill(NULL::integer, ARRAY[v_lines]); -- for a twin: the line that wrote the key
    -- per line, for replays alone
    r_limit bigint[]; r_start timestamptz[]; r_end timestamptz[]; r_source text[]; r_plan text[]; r_version bigint[];
    v_created bigint[] := '{}';
    v_new     bigint[];
    v_found   integer;
    v_tries   integer := 0;
    v_now     timestamptz;
    v_first   integer := 1;      -- the first line of the command at hand
    v_known   integer := 0;      -- how many of its lines have a key that is known
    v_known_at integer;          -- the first of these
    v_other_at integer;          -- the first that is known for another request
    v_outcome text;              -- what became of it, once that is clear
    v_blame   integer;           -- the line because of which
    v_k       integer;
    v_after   bigint;
    v_delta   bigint;
    v_written integer := 0;
    c record; l record; w record; f record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'quota_execute needs transaction isolation read committed, but it is %',
            current_setting('transaction_isolation') USING ERRCODE = 'QG001';
    END IF;
    PERFORM set_config('lock_timeout', p_lock_timeout_ms::text, true);

    -- Lock, in the order of the array (trap 14). With several counters the missing ones are created before any is
    -- locked, so that waiting for another's insertion never happens while holding a lock out of order.
    LOOP
        IF v_wanted > 0 AND (v_counters > 1 OR v_tries > 0) THEN
            WITH missing AS (
                INSERT INTO ${quota_schema}.usage_counter (subject, feature, window_start, window_end)
                SELECT k.subject, k.feature, k.starts, k.ends
                  FROM unnest(c_subject, c_feature, c_start, c_end, c_access)
                       WITH ORDINALITY AS k (subject, feature, starts, ends, access, ord)
                 WHERE k.access = 2
                   AND (SELECT u.id FROM ${quota_schema}.usage_counter u
                         WHERE u.subject = k.subject AND u.feature = k.feature
                           AND u.window_start = k.starts AND u.window_end = k.ends) IS NULL
                 ORDER BY k.ord
                ON CONFLICT DO NOTHING
                RETURNING id)
            SELECT array_agg(missing.id) INTO v_new FROM missing;
            v_created := v_created || v_new;
        END IF;
        v_found := 0;
        FOR c IN
            SELECT k.ord::integer AS ord, k.access, u.*
              FROM unnest(c_subject, c_feature, c_start, c_end, c_access)
                   WITH ORDINALITY AS k (subject, feature, starts, ends, access, ord)
             CROSS JOIN LATERAL (
                   SELECT t.id, t.used, t.held, t.fired, t.generation FROM ${quota_schema}.usage_counter t
                    WHERE k.access > 0 AND t.subject = k.subject AND t.feature = k.feature
                      AND t.window_start = k.starts AND t.window_end = k.ends
                      FOR UPDATE) u
        LOOP
            s_id[c.ord] := c.id;
            s_used[c.ord] := c.used;
            s_held[c.ord] := c.held;
            s_generation[c.ord] := c.generation;
            IF c.fired <> '{}' THEN
                s_fired[c.ord] := c.fired::text;
            END IF;
            IF c.access = 2 THEN
                v_found := v_found + 1;
            END IF;
        END LOOP;
        EXIT WHEN v_found = v_wanted;
        v_tries := v_tries + 1;
        IF v_tries > 20 THEN
            RAISE EXCEPTION 'counters were removed as fast as they were created' USING ERRCODE = '40001';
        END IF;
    END LOOP;
    IF 0 = ANY (c_access) THEN
        FOR c IN
            SELECT k.ord::integer AS ord, u.*
              FROM unnest(c_subject, c_feature, c_start, c_end, c_access)
                   WITH ORDINALITY AS k (subject, feature, starts, ends, access, ord)
             CROSS JOIN LATERAL (
                   SELECT t.used, t.held FROM ${quota_schema}.usage_counter t
                    WHERE k.access = 0 AND t.subject = k.subject AND t.feature = k.feature
                      AND t.window_start = k.starts AND t.window_end = k.ends LIMIT 1) u
        LOOP
            s_used[c.ord] := c.used;
            s_held[c.ord] := c.held;
        END LOOP;
    END IF;

    v_now := ${quota_schema}.quota_now();

    -- Look up keys and verify the terms (traps 3, 4 and 13: a statement of its own, after the locks), and decide.
    FOR l IN
        SELECT p.ord::integer AS ord, p.lines_left, p.twin, p.operation, p.fingerprint,
               u.subject = p.subject AND u.feature = p.feature AND u.key = p.key AS same_key,
               u.fingerprint AS known_fingerprint, u.window_start, u.window_end, u.used_after, u.held_after,
               u.limit_units, u.source, u.source_plan, u.source_version,
               v_now >= p.starts AND v_now < p.ends AND v_now >= p.valid_from AND v_now < p.valid_until AS timely,
               coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = p.subject), 0)
                   = p.subject_revision
               AND (p.plan IS NULL
                    OR coalesce((SELECT g.version FROM ${quota_schema}.plan g WHERE g.code = p.plan), 0) = p.plan_version)
               AND (p.default_revision = -1
                    OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d), 0) = p.default_revision) AS current
          FROM unnest(l_left, l_twin, l_operation, l_key, l_dedup, l_fingerprint, l_subject, l_feature,
                      l_start, l_end, l_valid_from, l_valid_until, l_subject_revision, l_plan, l_plan_version, l_default_revision)
               WITH ORDINALITY AS p (lines_left, twin, operation, key, dedup, fingerprint, subject, feature,
                      starts, ends, valid_from, valid_until, subject_revision, plan, plan_version, default_revision, ord)
          LEFT JOIN LATERAL (
               SELECT t.* FROM ${quota_schema}.usage_record t WHERE t.dedup = p.dedup LIMIT 1) u ON true
         ORDER BY p.ord
    LOOP
        -- A key may be known from the ledger, or from an earlier command of this very list.
        IF l.operation <> 'CHECK' AND (l.known_fingerprint IS NOT NULL OR a_writer[l.twin] IS NOT NULL) THEN
            IF r_limit IS NULL THEN
                r_limit := array_fill(NULL::bigint, ARRAY[v_lines]);
                r_start := array_fill(NULL::timestamptz, ARRAY[v_lines]);
                r_end := r_start;
                r_source := array_fill(NULL::text, ARRAY[v_lines]);
                r_plan := r_source;
                r_version := r_limit;
            END IF;
            v_known := v_known + 1;
            v_known_at := coalesce(v_known_at, l.ord);
            v_k := a_writer[l.twin];
            IF l.known_fingerprint IS NULL THEN
                a_used[l.ord] := a_used[v_k];
                a_held[l.ord] := a_held[v_k];
                r_limit[l.ord] := l_limit[v_k];
                r_start[l.ord] := l_start[v_k];
                r_end[l.ord] := l_end[v_k];
                r_source[l.ord] := l_source[v_k];
                r_plan[l.ord] := l_source_plan[v_k];
                r_version[l.ord] := l_source_version[v_k];
            ELSE
                a_used[l.ord] := l.used_after;
                a_held[l.ord] := l.held_after;
                r_limit[l.ord] := l.limit_units;
                r_start[l.ord] := l.window_start;
                r_end[l.ord] := l.window_end;
                r_source[l.ord] := l.source;
                r_plan[l.ord] := l.source_plan;
                r_version[l.ord] := l.source_version;
            END IF;
            IF NOT coalesce(l.same_key, true) THEN
                v_outcome := 'COLLISION';
                v_blame := l.ord;
            ELSIF coalesce(l.known_fingerprint, l_fingerprint[v_k]) <> l.fingerprint THEN
                v_other_at := coalesce(v_other_at, l.ord);
            END IF;
        ELSIF l.operation <> 'POST' AND v_outcome IS NULL AND NOT (l.timely AND l.current) THEN
            v_outcome := CASE WHEN l.timely THEN 'STALE_CATALOG' ELSE 'STALE_CLOCK' END;
            v_blame := l.ord;
        END IF;
        CONTINUE WHEN l.lines_left > 0;

        -- All lines of the command are read. Some known and some not is another request under the same key (R8).
        IF v_known > 0 AND v_outcome IS DISTINCT FROM 'COLLISION' THEN
            v_blame := CASE WHEN v_known < l.ord - v_first + 1 THEN v_known_at ELSE v_other_at END;
            v_outcome := CASE WHEN v_blame IS NULL THEN 'REPLAYED' ELSE 'CONFLICT' END;
        END IF;
        IF v_outcome IS NULL THEN
            FOR j IN v_first .. l.ord LOOP
                v_k := l_counter[j];
                v_after := s_used[v_k] + s_held[v_k]; -- what is taken
                a_used[j] := s_used[v_k];
                a_held[j] := s_held[v_k];
                -- R1, R41 without overflow (trap 12). A reset asks for no room, and a use that is only posted has had its answer.
                IF l.operation <> 'POST'
                   AND NOT (l_granted[j] AND (l.operation = 'RESET' OR l_ceiling[j] < 0
                                              OR (v_after <= l_ceiling[j] AND l_amount[j] <= l_ceiling[j] - v_after)))
                THEN
                    v_outcome := 'REFUSED';
                    a_blamed[j] := true;
                ELSIF v_outcome IS NULL AND l_amount[j] > c_max - v_after THEN
                    v_outcome := 'OVERFLOW';
                    v_blame := j;
                END IF;
            END LOOP;
        END IF;
        IF v_outcome IS NULL THEN
            v_outcome := 'ACCEPTED';
            FOR j IN v_first .. l.ord LOOP
                v_k := l_counter[j];
                v_delta := CASE l.operation WHEN 'CHECK' THEN 0 WHEN 'RESET' THEN - s_used[v_k] ELSE l_amount[j] END;
                CONTINUE WHEN l.operation = 'CHECK';
                v_after := s_used[v_k] + v_delta;
                IF v_delta <> 0 AND (v_after >= l_alarm[j] OR s_fired[v_k] <> '{}') THEN
                    FOR f IN SELECT * FROM ${quota_schema}.quota_fire(
                        l_subject[j], l_feature[j], l_start[j], l_end[j], l_limit[j], l_thresholds[j]::integer[],
                        s_used[v_k], v_after, v_now, s_fired[v_k]::integer[], s_generation[v_k])
                    LOOP
                        s_fired[v_k] := f.io_fired::text;
                        s_generation[v_k] := f.io_generation;
                        FOR a IN 1 .. cardinality(f.o_alert_ids) LOOP
                            o_line := j;
                            o_outcome := 'ALERT';
                            o_used := v_after;
                            o_alert := f.o_alert_ids[a];
                            o_threshold := f.o_alert_thresholds[a];
                            o_generation := f.io_generation;
                            o_now := v_now;
                            RETURN NEXT;
                        END LOOP;
                    END LOOP;
                END IF;
                s_used[v_k] := v_after;
                s_dirty[v_k] := s_dirty[v_k] OR v_delta <> 0; -- a reset of nothing leaves its key behind, and no more
                a_used[j] := v_after;
                a_delta[j] := v_delta;
                a_writer[l_twin[j]] := j;
                v_written := v_written + 1;
            END LOOP;
        END IF;
        FOR j IN v_first .. l.ord LOOP
            a_outcome[j] := v_outcome;
        END LOOP;
        IF v_blame IS NOT NULL THEN
            a_blamed[v_blame] := true;
        END IF;
        v_outcome := NULL;
        v_blame := NULL;
        v_known := 0;
        v_known_at := NULL;
        v_other_at := NULL;
        v_first := l.ord + 1;
    END LOOP;

    -- Write.
    IF v_written > 0 THEN
        UPDATE ${quota_schema}.usage_counter u
           SET used = d.used, fired = d.fired::integer[], generation = d.generation
          FROM unnest(s_id, s_used, s_fired, s_generation, s_dirty) AS d (id, used, fired, generation, dirty)
         WHERE d.dirty AND u.id = d.id;
        GET DIAGNOSTICS v_found = ROW_COUNT;
        IF v_found <> cardinality(array_positions(s_dirty, true)) THEN
            RAISE EXCEPTION 'a counter that was charged was not locked' USING ERRCODE = 'QG002';
        END IF;
        INSERT INTO ${quota_schema}.usage_record
               (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after,
                limit_units, source, source_plan, source_version, key, fingerprint, degraded, metadata, recorded_at)
        SELECT n.dedup, n.subject, n.feature, n.starts, n.ends, CASE n.operation WHEN 'RESET' THEN 'RESET' ELSE 'RECORD' END,
               n.delta, n.used, n.held, n.units, n.source, n.source_plan, n.source_version, n.key, n.fingerprint,
               n.operation = 'POST', n.metadata::jsonb, v_now
          FROM unnest(l_dedup, l_subject, l_feature, l_start, l_end, l_operation, a_delta, a_used, a_held, l_limit, l_source,
                      l_source_plan, l_source_version, l_key, l_fingerprint, l_metadata)
               AS n (dedup, subject, feature, starts, ends, operation, delta, used, held, units, source,
                      source_plan, source_version, key, fingerprint, metadata)
         WHERE n.delta IS NOT NULL;
    END IF;
    -- R2: a counter that was created for a use that was then refused, replayed or stale is as if it had never been.
    IF v_created <> '{}' THEN
        DELETE FROM ${quota_schema}.usage_counter u
         USING unnest(s_id, s_dirty) AS d (id, dirty)
         WHERE u.id = d.id AND NOT d.dirty AND d.id = ANY (v_created);
    END IF;

    RETURN QUERY
    SELECT a.ord::integer, a.outcome, a.blamed, a.used, a.held, a.units, a.starts, a.ends, a.source, a.plan, a.version,
           NULL::bigint, NULL::integer, NULL::bigint, v_now
      FROM unnest(a_outcome, a_blamed, a_used, a_held, r_limit, r_start, r_end, r_source, r_plan, r_version)
           WITH ORDINALITY AS a (outcome, blamed, used, held, units, starts, ends, source, plan, version, ord);
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 3;
