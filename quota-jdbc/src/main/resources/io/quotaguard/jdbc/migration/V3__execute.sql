-- The atomic step: a list of independent charges in one statement, hence one round trip and one transaction.
--
-- Arrays run in parallel. c_*: the distinct counters, sorted by subject, feature, start and end; c_access says 0 to
-- read, 1 to lock, 2 to lock and create; c_granted whether the subject has grants of the feature, null when none has.
-- l_*: the lines of the commands, in order; l_left counts the lines of the command that still follow, l_counter points
-- into c_*, l_twin to the first line of the list with the same key. A line with an origin is charged on behalf of a use:
-- its key is not looked up. l_charged names, for a use, the rows on its behalf. l_at is for posts of what a store in front
-- of this one decided: when it did. Arrays of what no line has are null.
--
-- The order is what makes it right. Locks come first, of counters and then of grants; keys, revisions and clock are read
-- by later statements, whose snapshots therefore hold all that was committed by whoever held the locks before; then
-- everything is decided; only then is anything written, but for what expired or was burned. The planner settings pin every
-- look-up to its index: statistics of a table that is being filled are always stale, and a plan must not flip because of it.
CREATE FUNCTION ${quota_schema}.quota_execute(
    p_lock_timeout_ms integer,
    c_subject text[], c_feature text[], c_start timestamptz[], c_end timestamptz[], c_access smallint[], c_granted boolean[],
    l_left integer[], l_counter integer[], l_twin integer[], l_operation text[], l_key text[], l_dedup uuid[],
    l_fingerprint bigint[], l_metadata text[], l_subject text[], l_feature text[], l_amount bigint[],
    l_charged text[], l_reservation uuid[], l_ttl bigint[], l_standing boolean[], l_alarm bigint[],
    l_limit bigint[], l_ceiling bigint[], l_thresholds text[],
    l_source text[], l_source_plan text[], l_source_version bigint[],
    l_start timestamptz[], l_end timestamptz[], l_valid_from timestamptz[], l_valid_until timestamptz[],
    l_subject_revision bigint[], l_plan text[], l_plan_version bigint[], l_default_revision bigint[],
    l_origin_subject text[], l_origin_feature text[], l_rate bigint[], l_at timestamptz[] DEFAULT NULL)
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
    v_counters CONSTANT integer := cardinality(c_access);
    v_wanted   CONSTANT integer := cardinality(array_positions(c_access, 2::smallint));
    -- per counter, as it stands after the commands decided so far
    s_id         bigint[]      := array_fill(NULL::bigint, ARRAY[v_counters]);
    s_used       bigint[]      := array_fill(0::bigint, ARRAY[v_counters]);
    s_held       bigint[]      := s_used;
    s_held_until timestamptz[] := array_fill('infinity'::timestamptz, ARRAY[v_counters]);
    s_burned     bigint[]      := s_used; -- units of used that came from grants
    s_grants     bigint[]      := s_used; -- what is left of grants
    s_fired      text[]        := array_fill('{}'::text, ARRAY[v_counters]);
    s_generation bigint[]      := s_used;
    s_dirty      boolean[]     := array_fill(false, ARRAY[v_counters]);
    -- per counter, of the command at hand when it has several lines
    s_asked      bigint[];  -- units of all its lines
    s_open       integer[]; -- how many of its lines are not charged yet
    s_before     bigint[];  -- used before the first of them
    -- per line
    a_outcome    text[]    := array_fill(NULL::text, ARRAY[v_lines]);
    a_blamed     boolean[] := array_fill(false, ARRAY[v_lines]);
    a_used       bigint[]  := array_fill(NULL::bigint, ARRAY[v_lines]);
    a_held       bigint[]  := a_used;
    a_top_ups    bigint[]  := a_used;
    a_delta      bigint[]  := a_used; -- what a ledger row adds; null where none is written
    a_overage    bigint[]  := array_fill(0::bigint, ARRAY[v_lines]);
    a_held_until timestamptz[] := array_fill(NULL::timestamptz, ARRAY[v_lines]);
    a_writer     integer[] := array_fill(NULL::integer, ARRAY[v_lines]); -- for a twin: the line that wrote the key
    a_amount     bigint[]; -- the units that a use got which takes what is left
    a_sources    text[];   -- units that came from grants, by grant
    v_created bigint[] := '{}';
    v_new     bigint[];
    v_found   integer;
    v_tries   integer := 0;
    v_due     timestamptz := 'infinity'; -- when the first hold on any locked counter expires
    v_now     timestamptz;
    v_first   integer := 1;      -- the first line of the command at hand
    v_uses    integer := 0;      -- how many of its lines are uses themselves
    v_known   integer := 0;      -- how many of these have a key that is known
    v_known_at integer;          -- the first of these
    v_other_at integer;          -- the first that is known for another request
    v_outcome text;              -- what became of it, once that is clear
    v_blame   integer;           -- the line because of which
    v_units   bigint;            -- the units for which there is room, when it takes what is left
    v_k       integer;
    v_asked   bigint;
    v_limit   bigint;
    v_ceiling bigint;
    v_before  bigint;
    v_after   bigint;
    v_delta   bigint;
    v_beyond  bigint;
    v_sources jsonb;
    v_written integer := 0;
    -- whether anything has to be written beside plain uses
    v_wide    boolean := c_granted IS NOT NULL OR l_origin_subject IS NOT NULL OR l_reservation IS NOT NULL;
    v_replays boolean := false;
    v_resets  boolean := false;
    v_holds   boolean := false;
    o ${quota_schema}.quota_answer;
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
                   SELECT t.id, t.used, t.held, t.held_until, t.burned, t.fired, t.generation
                     FROM ${quota_schema}.usage_counter t
                    WHERE k.access > 0 AND t.subject = k.subject AND t.feature = k.feature
                      AND t.window_start = k.starts AND t.window_end = k.ends
                      FOR UPDATE) u
        LOOP
            s_id[c.ord] := c.id;
            s_used[c.ord] := c.used;
            s_generation[c.ord] := c.generation;
            IF c.held > 0 THEN
                v_wide := true;
                s_held[c.ord] := c.held;
                s_held_until[c.ord] := c.held_until;
                v_due := least(v_due, c.held_until);
            END IF;
            IF c.burned > 0 THEN
                v_wide := true;
                s_burned[c.ord] := c.burned;
            END IF;
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
    IF c_granted IS NOT NULL THEN
        PERFORM g.id
           FROM unnest(c_subject, c_feature, c_access, c_granted)
                WITH ORDINALITY AS k (subject, feature, access, granted, ord)
          CROSS JOIN LATERAL (
                SELECT t.id FROM ${quota_schema}.usage_grant t
                 WHERE k.access > 0 AND k.granted AND t.subject = k.subject AND t.feature = k.feature AND t.voided_at IS NULL
                 ORDER BY t.id
                   FOR UPDATE) g;
    END IF;

    v_now := ${quota_schema}.quota_now();

    IF v_due <= v_now THEN
        FOR c IN SELECT x.* FROM ${quota_schema}.quota_expire(s_id, v_now) x LOOP
            v_k := array_position(s_id, c.o_counter);
            s_held[v_k] := c.o_held;
            s_held_until[v_k] := c.o_held_until;
        END LOOP;
    END IF;
    IF c_granted IS NOT NULL THEN
        FOR c IN
            SELECT k.ord::integer AS ord, ${quota_schema}.quota_left(k.subject, k.feature, v_now) AS units
              FROM unnest(c_subject, c_feature, c_access, c_granted)
                   WITH ORDINALITY AS k (subject, feature, access, granted, ord)
             WHERE k.access > 0 AND k.granted
        LOOP
            s_grants[c.ord] := c.units;
        END LOOP;
    END IF;
    -- What is only read is read with its holds and grants in one statement, so that all of it is of one moment.
    IF 0 = ANY (c_access) THEN
        FOR c IN
            SELECT k.ord::integer AS ord, u.used, u.held - coalesce(due.units, 0) AS held,
                   CASE WHEN due.units IS NULL THEN u.held_until ELSE due.later END AS held_until, u.burned,
                   CASE WHEN k.granted THEN ${quota_schema}.quota_left(k.subject, k.feature, v_now) ELSE 0 END AS units
              FROM unnest(c_subject, c_feature, c_start, c_end, c_access, c_granted)
                   WITH ORDINALITY AS k (subject, feature, starts, ends, access, granted, ord)
              LEFT JOIN LATERAL (
                   SELECT t.id, t.used, t.held, t.held_until, t.burned FROM ${quota_schema}.usage_counter t
                    WHERE t.subject = k.subject AND t.feature = k.feature
                      AND t.window_start = k.starts AND t.window_end = k.ends LIMIT 1) u ON true
              LEFT JOIN LATERAL (
                   SELECT sum(r.units) FILTER (WHERE r.expires_at <= v_now) AS units,
                          coalesce(min(r.expires_at) FILTER (WHERE r.expires_at > v_now), 'infinity') AS later
                     FROM ${quota_schema}.reservation_line r
                    WHERE u.held_until <= v_now AND r.counter = u.id AND r.counted) due ON true
             WHERE k.access = 0
        LOOP
            s_used[c.ord] := coalesce(c.used, 0);
            s_held[c.ord] := coalesce(c.held, 0);
            s_held_until[c.ord] := coalesce(c.held_until, 'infinity');
            s_burned[c.ord] := coalesce(c.burned, 0);
            s_grants[c.ord] := c.units;
        END LOOP;
    END IF;

    -- Look up keys and verify the terms (traps 3, 4 and 13: a statement of its own, after the locks), and decide.
    FOR l IN
        SELECT p.ord::integer AS ord, p.lines_left, p.twin, p.operation, p.fingerprint, p.origin_subject IS NULL AS is_use,
               u.subject = p.subject AND u.feature = p.feature AND u.key = p.key AS same_key,
               u.fingerprint AS known_fingerprint,
               v_now >= p.starts AND v_now < p.ends AND v_now >= p.valid_from AND v_now < p.valid_until AS timely,
               coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = p.subject), 0)
                   = p.subject_revision
               AND (p.plan IS NULL
                    OR coalesce((SELECT g.version FROM ${quota_schema}.plan g WHERE g.code = p.plan), 0) = p.plan_version)
               AND (p.default_revision = -1
                    OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d WHERE d.only_row), 0) = p.default_revision) AS current
          FROM unnest(l_left, l_twin, l_operation, l_key, l_dedup, l_fingerprint, l_subject, l_feature, l_start, l_end,
                      l_valid_from, l_valid_until, l_subject_revision, l_plan, l_plan_version, l_default_revision,
                      l_origin_subject)
               WITH ORDINALITY AS p (lines_left, twin, operation, key, dedup, fingerprint, subject, feature, starts, ends,
                      valid_from, valid_until, subject_revision, plan, plan_version, default_revision,
                      origin_subject, ord)
          LEFT JOIN LATERAL (
               SELECT t.subject, t.feature, t.key, t.fingerprint FROM ${quota_schema}.usage_record t
                WHERE t.dedup = p.dedup AND p.origin_subject IS NULL LIMIT 1) u ON true
         ORDER BY p.ord
    LOOP
        IF l.is_use THEN
            v_uses := v_uses + 1;
        END IF;
        -- A key may be known from the ledger, or from an earlier command of this very list.
        IF l.operation <> 'CHECK' AND (l.known_fingerprint IS NOT NULL OR a_writer[l.twin] IS NOT NULL) THEN
            v_known := v_known + 1;
            v_known_at := coalesce(v_known_at, l.ord);
            IF NOT coalesce(l.same_key, true) THEN
                v_outcome := 'COLLISION';
                v_blame := l.ord;
            ELSIF coalesce(l.known_fingerprint, l_fingerprint[a_writer[l.twin]]) <> l.fingerprint THEN
                v_other_at := coalesce(v_other_at, l.ord);
            END IF;
        ELSIF l.operation <> 'POST' AND v_outcome IS NULL AND NOT (l.timely AND l.current) THEN
            v_outcome := CASE WHEN l.timely THEN 'STALE_CATALOG' ELSE 'STALE_CLOCK' END;
            v_blame := l.ord;
        END IF;
        CONTINUE WHEN l.lines_left > 0;

        -- All lines of the command are read. Some known and some not is another request under the same key (R8).
        IF v_known > 0 AND v_outcome IS DISTINCT FROM 'COLLISION' THEN
            v_blame := CASE WHEN v_known < v_uses THEN v_known_at ELSE v_other_at END;
            v_outcome := CASE WHEN v_blame IS NULL THEN 'REPLAYED' ELSE 'CONFLICT' END;
            v_replays := true;
        END IF;
        IF v_outcome IS NULL AND v_first < l.ord THEN
            -- Lines of one counter fit when they fit together (R40).
            s_asked := array_fill(0::bigint, ARRAY[v_counters]);
            s_open := array_fill(0, ARRAY[v_counters]);
            s_before := s_used;
            FOR j IN v_first .. l.ord LOOP
                s_asked[l_counter[j]] := s_asked[l_counter[j]] + l_amount[j];
                s_open[l_counter[j]] := s_open[l_counter[j]] + 1;
            END LOOP;
        END IF;
        IF v_outcome IS NULL AND l.operation = 'UP_TO' THEN
            v_units := c_max;
            FOR j IN v_first .. l.ord LOOP
                v_k := l_counter[j];
                IF NOT l_standing[j] THEN
                    v_units := 0;
                ELSIF l_ceiling[j] >= 0 THEN
                    v_ceiling := least(c_max, l_ceiling[j] + s_burned[v_k] + s_grants[v_k]);
                    v_units := least(v_units, greatest(0, v_ceiling - s_used[v_k] - s_held[v_k]) / coalesce(l_rate[j], 1));
                END IF;
                v_units := least(v_units, l_amount[j] / coalesce(l_rate[j], 1));
            END LOOP;
        END IF;
        IF v_outcome IS NULL THEN
            FOR j IN v_first .. l.ord LOOP
                v_k := l_counter[j];
                v_after := s_used[v_k] + s_held[v_k]; -- what is taken
                a_used[j] := s_used[v_k];
                a_held[j] := s_held[v_k];
                a_top_ups[j] := s_burned[v_k] + s_grants[v_k];
                v_asked := CASE WHEN v_units IS NOT NULL THEN greatest(v_units, 1) * coalesce(l_rate[j], 1)
                                WHEN v_first < l.ord THEN s_asked[v_k] ELSE l_amount[j] END;
                v_ceiling := l_ceiling[j];
                IF v_ceiling >= 0 AND a_top_ups[j] > 0 THEN
                    v_ceiling := least(c_max, v_ceiling + a_top_ups[j]); -- R38
                END IF;
                -- R1, R41 without overflow (trap 12). A reset asks for no room, and a use that is only posted has had its answer.
                IF l.operation <> 'POST'
                   AND NOT (l_standing[j] AND (l.operation = 'RESET' OR v_ceiling < 0
                                               OR (v_after <= v_ceiling AND v_asked <= v_ceiling - v_after)))
                THEN
                    v_outcome := 'REFUSED';
                    a_blamed[j] := true;
                    a_held_until[j] := s_held_until[v_k];
                ELSIF v_outcome IS NULL AND v_asked > c_max - v_after THEN
                    v_outcome := 'OVERFLOW';
                    v_blame := j;
                END IF;
            END LOOP;
        END IF;
        IF v_outcome IS NULL THEN
            v_outcome := 'ACCEPTED';
            FOR j IN v_first .. l.ord LOOP
                EXIT WHEN l.operation = 'CHECK';
                v_k := l_counter[j];
                a_writer[l_twin[j]] := j;
                v_written := v_written + 1;
                IF l.operation = 'HOLD' THEN
                    v_holds := true;
                    s_held[v_k] := s_held[v_k] + l_amount[j];
                    a_held[j] := s_held[v_k];
                    a_held_until[j] := v_now + l_ttl[j] * interval '1 microsecond';
                    s_held_until[v_k] := least(s_held_until[v_k], a_held_until[j]);
                    s_dirty[v_k] := true;
                    a_delta[j] := CASE WHEN l_origin_subject[j] IS NULL THEN 0 END; -- a row that only keeps the key
                    CONTINUE;
                END IF;
                v_limit := l_limit[j];
                IF l.operation = 'RESET' THEN
                    v_resets := true;
                    v_delta := - s_used[v_k];
                    s_burned[v_k] := 0;
                    a_top_ups[j] := s_grants[v_k];
                ELSE
                    v_delta := l_amount[j];
                    IF v_units IS NOT NULL THEN
                        v_delta := v_units * coalesce(l_rate[j], 1);
                        a_amount := coalesce(a_amount, array_fill(NULL::bigint, ARRAY[v_lines]));
                        a_amount[j] := v_delta;
                    END IF;
                    -- R38: the plan's allowance first, then grants; what neither has is overage (R41).
                    IF v_limit >= 0 AND s_used[v_k] + v_delta > v_limit + s_burned[v_k] THEN
                        v_beyond := v_delta - greatest(0, v_limit + s_burned[v_k] - s_used[v_k]);
                        v_wide := true;
                        a_overage[j] := v_beyond;
                        IF s_grants[v_k] > 0 THEN
                            v_asked := least(v_beyond, s_grants[v_k]);
                            v_sources := ${quota_schema}.quota_burn(l_subject[j], l_feature[j], v_asked, coalesce(l_at[j], v_now));
                            a_sources := coalesce(a_sources, array_fill(NULL::text, ARRAY[v_lines]));
                            a_sources[j] := v_sources::text;
                            a_overage[j] := v_beyond - v_asked;
                            s_burned[v_k] := s_burned[v_k] + v_asked;
                            FOR k IN 1 .. v_counters LOOP -- other windows have the same grants
                                IF c_subject[k] = l_subject[j] AND c_feature[k] = l_feature[j] THEN
                                    s_grants[k] := greatest(0, s_grants[k] - v_asked);
                                END IF;
                            END LOOP;
                        END IF;
                    END IF;
                END IF;
                v_after := s_used[v_k] + v_delta;
                s_dirty[v_k] := s_dirty[v_k] OR v_delta <> 0; -- a reset of nothing leaves its key behind, and no more
                a_used[j] := v_after;
                a_delta[j] := v_delta;
                v_before := s_used[v_k];
                s_used[v_k] := v_after;
                IF v_first < l.ord THEN
                    s_open[v_k] := s_open[v_k] - 1;
                    CONTINUE WHEN s_open[v_k] > 0; -- the last of the counter's lines fires for all
                    v_before := s_before[v_k];
                END IF;
                IF v_after <> v_before AND (v_after >= l_alarm[j] OR s_fired[v_k] <> '{}' OR s_burned[v_k] > 0) THEN
                    IF v_limit >= 0 AND a_top_ups[j] > 0 THEN
                        v_limit := least(c_max, v_limit + a_top_ups[j]);
                    END IF;
                    FOR f IN SELECT * FROM ${quota_schema}.quota_fire(
                        l_subject[j], l_feature[j], l_start[j], l_end[j], v_limit, l_thresholds[j]::integer[],
                        v_before, v_after, coalesce(l_at[j], v_now), s_fired[v_k]::integer[], s_generation[v_k])
                    LOOP
                        s_fired[v_k] := f.io_fired::text;
                        s_generation[v_k] := f.io_generation;
                        FOR a IN 1 .. cardinality(f.o_alert_ids) LOOP
                            o.o_line := j;
                            o.o_outcome := 'ALERT';
                            o.o_used := v_after;
                            o.o_limit := v_limit;
                            o.o_alert := f.o_alert_ids[a];
                            o.o_threshold := f.o_alert_thresholds[a];
                            o.o_generation := f.io_generation;
                            o.o_held_until := coalesce(l_at[j], v_now); -- of an alert: when it fired
                            o.o_now := v_now;
                            RETURN NEXT o;
                        END LOOP;
                    END LOOP;
                END IF;
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
        v_units := NULL;
        v_uses := 0;
        v_known := 0;
        v_known_at := NULL;
        v_other_at := NULL;
        v_first := l.ord + 1;
    END LOOP;

    -- Write. Most lists hold nothing but plain uses of counters without holds, grants or pools: these write no more than
    -- they need.
    IF v_written > 0 THEN
        IF v_wide THEN
            UPDATE ${quota_schema}.usage_counter u
               SET used = d.used, held = d.held, held_until = d.held_until, burned = d.burned,
                   fired = d.fired::integer[], generation = d.generation
              FROM unnest(s_id, s_used, s_held, s_held_until, s_burned, s_fired, s_generation, s_dirty)
                   AS d (id, used, held, held_until, burned, fired, generation, dirty)
             WHERE d.dirty AND u.id = d.id;
        ELSE
            UPDATE ${quota_schema}.usage_counter u
               SET used = d.used, fired = d.fired::integer[], generation = d.generation
              FROM unnest(s_id, s_used, s_fired, s_generation, s_dirty) AS d (id, used, fired, generation, dirty)
             WHERE d.dirty AND u.id = d.id;
        END IF;
        GET DIAGNOSTICS v_found = ROW_COUNT;
        IF v_found <> cardinality(array_positions(s_dirty, true)) THEN
            RAISE EXCEPTION 'a counter that was charged was not locked' USING ERRCODE = 'QG002';
        END IF;
        IF v_wide THEN
            INSERT INTO ${quota_schema}.usage_record
                   (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after,
                    limit_units, overage, grants, source, source_plan, source_version, key, fingerprint,
                    origin_subject, origin_feature, origin_rate, charged_with, degraded, metadata, recorded_at)
            SELECT n.dedup, n.subject, n.feature, n.starts, n.ends,
                   CASE n.operation WHEN 'RESET' THEN 'RESET' WHEN 'HOLD' THEN 'HOLD' ELSE 'RECORD' END,
                   n.delta, n.used, n.held, CASE WHEN n.units < 0 THEN n.units ELSE least(c_max, n.units + n.top_ups) END,
                   n.overage, n.sources::jsonb, n.source, n.source_plan, n.source_version, n.key, n.fingerprint,
                   n.origin_subject, n.origin_feature, n.rate, n.charged::uuid[], n.operation = 'POST' AND n.at IS NULL, n.metadata::jsonb,
                   coalesce(n.at, v_now)
              FROM unnest(l_dedup, l_subject, l_feature, l_start, l_end, l_operation, a_delta, a_used, a_held, l_limit, a_top_ups,
                          a_overage, a_sources, l_source, l_source_plan, l_source_version, l_key, l_fingerprint,
                          l_origin_subject, l_origin_feature, l_rate, l_charged, l_metadata, l_at)
                   AS n (dedup, subject, feature, starts, ends, operation, delta, used, held, units, top_ups,
                          overage, sources, source, source_plan, source_version, key, fingerprint,
                          origin_subject, origin_feature, rate, charged, metadata, at)
             WHERE n.delta IS NOT NULL;
        ELSE
            INSERT INTO ${quota_schema}.usage_record
                   (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after,
                    limit_units, source, source_plan, source_version, key, fingerprint, degraded, metadata, recorded_at)
            SELECT n.dedup, n.subject, n.feature, n.starts, n.ends, CASE n.operation WHEN 'RESET' THEN 'RESET' ELSE 'RECORD' END,
                   n.delta, n.used, 0, n.units, n.source, n.source_plan, n.source_version, n.key, n.fingerprint,
                   n.operation = 'POST' AND n.at IS NULL, n.metadata::jsonb, coalesce(n.at, v_now)
              FROM unnest(l_dedup, l_subject, l_feature, l_start, l_end, l_operation, a_delta, a_used, l_limit, l_source,
                          l_source_plan, l_source_version, l_key, l_fingerprint, l_metadata, l_at)
                   AS n (dedup, subject, feature, starts, ends, operation, delta, used, units, source,
                          source_plan, source_version, key, fingerprint, metadata, at)
             WHERE n.delta IS NOT NULL;
        END IF;
    END IF;
    IF v_resets THEN
        UPDATE ${quota_schema}.usage_counter u
           SET last_reset = d.last
          FROM (SELECT s_id[n.counter] AS id, max(t.id) AS last
                  FROM unnest(l_dedup, l_counter, l_operation, a_delta) AS n (dedup, counter, operation, delta)
                  JOIN ${quota_schema}.usage_record t ON t.dedup = n.dedup
                 WHERE n.operation = 'RESET' AND n.delta IS NOT NULL
                 GROUP BY 1) d
         WHERE u.id = d.id;
    END IF;
    IF v_holds THEN
        INSERT INTO ${quota_schema}.reservation (id, subject, feature, key, units, state, expires_at, metadata)
        SELECT n.reservation, n.subject, n.feature, n.key, n.amount, 'HELD', n.held_until, n.metadata::jsonb
          FROM unnest(l_reservation, l_subject, l_feature, l_key, l_amount, a_held_until, l_metadata, l_operation, a_delta)
               AS n (reservation, subject, feature, key, amount, held_until, metadata, operation, delta)
         WHERE n.operation = 'HOLD' AND n.delta IS NOT NULL;
        INSERT INTO ${quota_schema}.reservation_line
               (reservation, position, counter, subject, feature, window_start, window_end,
                origin_subject, origin_feature, origin_rate, units, expires_at)
        SELECT n.reservation, CASE WHEN n.origin_subject IS NULL THEN 0 ELSE n.ord END, s_id[n.counter],
               n.subject, n.feature, n.starts, n.ends, n.origin_subject, n.origin_feature, n.rate, n.amount, n.held_until
          FROM unnest(l_reservation, l_counter, l_subject, l_feature, l_start, l_end,
                      l_origin_subject, l_origin_feature, l_rate, l_amount, a_held_until, l_operation, a_outcome)
               WITH ORDINALITY AS n (reservation, counter, subject, feature, starts, ends,
                      origin_subject, origin_feature, rate, amount, held_until, operation, outcome, ord)
         WHERE n.operation = 'HOLD' AND n.outcome = 'ACCEPTED';
    END IF;
    -- R2: a counter that was created for a use that was then refused, replayed or stale is as if it had never been.
    IF v_created <> '{}' THEN
        DELETE FROM ${quota_schema}.usage_counter u
         USING unnest(s_id, s_dirty) AS d (id, dirty)
         WHERE u.id = d.id AND NOT d.dirty AND d.id = ANY (v_created);
    END IF;

    RETURN QUERY
    SELECT a.ord::integer, a.outcome, a.blamed, a.used, a.held, a.top_ups, a.amount, a.overage, nullif(a.held_until, 'infinity'),
           v_now, NULL::bigint, NULL::integer, NULL::bigint, NULL::bigint, NULL::text, NULL::text, NULL::timestamptz,
           NULL::timestamptz, NULL::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::bigint, NULL::bigint[]
      FROM unnest(a_outcome, a_blamed, a_used, a_held, a_top_ups, a_amount, a_overage, a_held_until)
           WITH ORDINALITY AS a (outcome, blamed, used, held, top_ups, amount, overage, held_until, ord);
    -- R7: a replay answers what was charged then, whoever would be charged today.
    IF v_replays THEN
        RETURN QUERY
        SELECT w.*
          FROM unnest(a_outcome, l_dedup, l_origin_subject) WITH ORDINALITY AS a (outcome, dedup, origin_subject, ord)
         CROSS JOIN LATERAL ${quota_schema}.quota_written(a.ord::integer, a.dedup, v_now) w
         WHERE a.outcome = 'REPLAYED' AND a.origin_subject IS NULL;
    END IF;
END
$body$;

-- What one use was answered: its own ledger row and those charged on its behalf.
CREATE FUNCTION ${quota_schema}.quota_written(p_line integer, p_dedup uuid, p_now timestamptz)
RETURNS SETOF ${quota_schema}.quota_answer
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT p_line, 'WRITTEN', false, w.used_after, w.held_after, NULL::bigint,
           CASE w.operation WHEN 'RESET' THEN 0 WHEN 'HOLD' THEN h.units WHEN 'CORRECT' THEN - w.amount ELSE w.amount END,
           greatest(0, w.overage), h.expires_at, p_now, NULL::bigint, NULL::integer, NULL::bigint,
           w.limit_units, w.subject, w.feature, w.window_start, w.window_end, w.source, w.source_plan, w.source_version,
           w.origin_subject, w.origin_feature, w.origin_rate, NULL::bigint[]
      FROM ${quota_schema}.usage_record u
      JOIN ${quota_schema}.usage_record w ON w.dedup = ANY (ARRAY[u.dedup] || u.charged_with)
      LEFT JOIN ${quota_schema}.reservation h ON w.operation = 'HOLD' AND h.id = w.dedup
     WHERE u.dedup = p_dedup
$body$;

UPDATE ${quota_schema}.schema_info SET version = 3;
