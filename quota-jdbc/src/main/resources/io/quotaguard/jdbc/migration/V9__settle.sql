-- What becomes of a hold: charged, let go, or kept longer (R34 to R36), in one statement for one hold.
--
-- As in quota_execute locks come first, and everything is read by later statements. A hold only changes under the locks of
-- all its counters, so none of its own is needed.

-- Locks the counters of a command's lines, whatever the order of these, and then the grants on top of them; lets go of holds
-- that expired; and returns for every line how its counter stands at one instant.
CREATE FUNCTION ${quota_schema}.quota_lock(
    l_subject text[], l_feature text[], l_start timestamptz[], l_end timestamptz[], l_granted boolean[])
RETURNS TABLE (
    o_line integer, o_counter bigint, o_used bigint, o_held bigint, o_held_until timestamptz, o_burned bigint, o_left bigint,
    o_fired integer[], o_generation bigint, o_last_reset bigint, o_now timestamptz)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    v_ids bigint[] := '{}';
    v_due boolean := false;
    v_now timestamptz;
    c     record;
BEGIN
    FOR c IN
        SELECT u.id
          FROM (SELECT * FROM unnest(l_subject, l_feature, l_start, l_end) AS n (subject, feature, starts, ends)
                 ORDER BY n.subject COLLATE "C", n.feature COLLATE "C", n.starts, n.ends) k
         CROSS JOIN LATERAL (
               SELECT t.id FROM ${quota_schema}.usage_counter t
                WHERE t.subject = k.subject AND t.feature = k.feature
                  AND t.window_start = k.starts AND t.window_end = k.ends
                  FOR UPDATE) u
    LOOP
        v_ids := v_ids || c.id;
    END LOOP;
    IF true = ANY (l_granted) THEN
        PERFORM g.id
           FROM (SELECT DISTINCT n.subject COLLATE "C" AS subject, n.feature COLLATE "C" AS feature
                   FROM unnest(l_subject, l_feature, l_granted) AS n (subject, feature, granted)
                  WHERE n.granted ORDER BY 1, 2) k
          CROSS JOIN LATERAL (
                SELECT t.id FROM ${quota_schema}.usage_grant t
                 WHERE t.subject = k.subject AND t.feature = k.feature AND t.voided_at IS NULL
                 ORDER BY t.id
                   FOR UPDATE) g;
    END IF;
    v_now := ${quota_schema}.quota_now();
    SELECT coalesce(bool_or(t.held_until <= v_now), false) INTO v_due
      FROM ${quota_schema}.usage_counter t WHERE t.id = ANY (v_ids);
    IF v_due THEN
        PERFORM ${quota_schema}.quota_expire(v_ids, v_now);
    END IF;
    RETURN QUERY
    SELECT k.ord::integer, u.id, coalesce(u.used, 0), coalesce(u.held, 0), coalesce(u.held_until, 'infinity'),
           coalesce(u.burned, 0),
           CASE WHEN k.granted THEN ${quota_schema}.quota_left(k.subject, k.feature, v_now) ELSE 0 END,
           coalesce(u.fired, '{}'), coalesce(u.generation, 0), coalesce(u.last_reset, 0), v_now
      FROM unnest(l_subject, l_feature, l_start, l_end, l_granted)
           WITH ORDINALITY AS k (subject, feature, starts, ends, granted, ord)
      LEFT JOIN LATERAL (
           SELECT t.* FROM ${quota_schema}.usage_counter t
            WHERE t.subject = k.subject AND t.feature = k.feature
              AND t.window_start = k.starts AND t.window_end = k.ends LIMIT 1) u ON true
     ORDER BY k.ord;
END
$body$;

-- The first line whose terms do not hold any more, and why (R19, R25); null when all of them hold. What was charged or held
-- earlier keeps its window, so that only the terms' own span is compared with the clock.
CREATE FUNCTION ${quota_schema}.quota_stale(
    p_now timestamptz, l_subject text[], l_valid_from timestamptz[], l_valid_until timestamptz[],
    l_subject_revision bigint[], l_plan text[], l_plan_version bigint[], l_default_revision bigint[],
    OUT o_line integer, OUT o_outcome text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT v.ord, CASE WHEN v.timely THEN 'STALE_CATALOG' ELSE 'STALE_CLOCK' END
      FROM (SELECT p.ord::integer AS ord, p_now >= p.valid_from AND p_now < p.valid_until AS timely,
                   coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = p.subject), 0)
                       = p.subject_revision
                   AND (p.plan IS NULL
                        OR coalesce((SELECT g.version FROM ${quota_schema}.plan g WHERE g.code = p.plan), 0) = p.plan_version)
                   AND (p.default_revision = -1
                        OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d WHERE d.only_row), 0) = p.default_revision) AS current
              FROM unnest(l_subject, l_valid_from, l_valid_until, l_subject_revision, l_plan, l_plan_version, l_default_revision)
                   WITH ORDINALITY AS p (subject, valid_from, valid_until, subject_revision, plan, plan_version,
                                         default_revision, ord)) v
     WHERE NOT (v.timely AND v.current)
     ORDER BY v.ord
     LIMIT 1
$body$;

CREATE FUNCTION ${quota_schema}.quota_settle(
    p_lock_timeout_ms integer, p_operation text, p_target uuid, p_ttl bigint, p_key text, p_fingerprint bigint, p_metadata text,
    l_dedup uuid[], l_subject text[], l_feature text[], l_amount bigint[], l_granted boolean[],
    l_limit bigint[], l_ceiling bigint[], l_thresholds text[],
    l_source text[], l_source_plan text[], l_source_version bigint[],
    l_start timestamptz[], l_end timestamptz[], l_valid_from timestamptz[], l_valid_until timestamptz[],
    l_subject_revision bigint[], l_plan text[], l_plan_version bigint[], l_default_revision bigint[],
    l_origin_subject text[], l_origin_feature text[], l_rate bigint[])
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
    v_lines    CONSTANT integer := cardinality(l_subject);
    v_commits  CONSTANT boolean := p_operation IN ('COMMIT', 'COMMIT_MORE');
    s_id         bigint[]      := array_fill(NULL::bigint, ARRAY[v_lines]);
    s_used       bigint[]      := s_id;
    s_held       bigint[]      := s_id;
    s_burned     bigint[]      := s_id;
    s_left       bigint[]      := s_id;
    s_fired      text[]        := array_fill('{}'::text, ARRAY[v_lines]);
    s_generation bigint[]      := s_id;
    a_units      bigint[]      := array_fill(0::bigint, ARRAY[v_lines]); -- what the hold keeps of each counter
    a_amount     bigint[]      := l_amount;
    a_overage    bigint[]      := a_units;
    a_sources    text[]        := array_fill(NULL::text, ARRAY[v_lines]);
    a_blamed     boolean[]     := array_fill(false, ARRAY[v_lines]);
    a_held_until timestamptz[] := array_fill(NULL::timestamptz, ARRAY[v_lines]);
    v_now        timestamptz;
    v_use        integer; -- the line of the use itself
    v_outcome    text;
    v_until      timestamptz;
    v_ceiling    bigint;
    v_limit      bigint;
    v_beyond     bigint;
    v_before     bigint;
    h            ${quota_schema}.reservation;
    o ${quota_schema}.quota_answer;
    c record; f record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'quota_settle needs transaction isolation read committed, but it is %',
            current_setting('transaction_isolation') USING ERRCODE = 'QG001';
    END IF;
    PERFORM set_config('lock_timeout', p_lock_timeout_ms::text, true);
    FOR c IN SELECT x.* FROM ${quota_schema}.quota_lock(l_subject, l_feature, l_start, l_end, l_granted) x LOOP
        s_id[c.o_line] := c.o_counter;
        s_used[c.o_line] := c.o_used;
        s_held[c.o_line] := c.o_held;
        s_burned[c.o_line] := c.o_burned;
        s_left[c.o_line] := c.o_left;
        s_fired[c.o_line] := c.o_fired::text;
        s_generation[c.o_line] := c.o_generation;
        a_held_until[c.o_line] := c.o_held_until;
        v_now := c.o_now;
        IF l_origin_subject[c.o_line] IS NULL THEN
            v_use := c.o_line;
        END IF;
    END LOOP;

    SELECT * INTO h FROM ${quota_schema}.reservation t WHERE t.id = p_target;
    v_until := h.expires_at;
    v_outcome := CASE
        WHEN h.id IS NULL THEN 'NOT_FOUND'
        WHEN h.state = 'COMMITTED' THEN CASE WHEN v_commits AND h.committed = l_amount[v_use] THEN 'REPLAYED' ELSE 'COMMITTED' END
        WHEN h.state = 'RELEASED' THEN CASE WHEN p_operation = 'RELEASE' THEN 'REPLAYED' ELSE 'RELEASED' END
        -- Also one that a counter has let go of by a clock that went back since: others may have its units.
        WHEN h.expires_at <= v_now
             OR EXISTS (SELECT FROM ${quota_schema}.reservation_line r WHERE r.reservation = h.id AND NOT r.counted)
        THEN CASE WHEN v_commits THEN 'TOO_LATE' ELSE 'EXPIRED' END END;
    IF v_outcome IS NULL THEN
        FOR c IN
            SELECT r.counter, r.units FROM ${quota_schema}.reservation_line r WHERE r.reservation = h.id
        LOOP
            IF array_position(s_id, c.counter) IS NULL THEN
                RAISE EXCEPTION 'a counter of the reservation was not locked' USING ERRCODE = 'QG002';
            END IF;
            a_units[array_position(s_id, c.counter)] := c.units;
        END LOOP;
    END IF;
    IF v_outcome IS NULL AND v_commits THEN
        SELECT s.o_line, s.o_outcome INTO c
          FROM ${quota_schema}.quota_stale(v_now, l_subject, l_valid_from, l_valid_until,
                   l_subject_revision, l_plan, l_plan_version, l_default_revision) s;
        IF c.o_line IS NOT NULL THEN
            v_outcome := c.o_outcome;
            a_blamed[c.o_line] := true;
        ELSIF p_operation = 'COMMIT' AND l_amount[v_use] > h.units THEN
            v_outcome := 'BEYOND';
            a_amount[v_use] := h.units;
        END IF;
    END IF;
    IF v_outcome IS NULL AND v_commits THEN
        FOR k IN 1 .. v_lines LOOP
            v_beyond := l_amount[k] - a_units[k]; -- what is not held yet passes like a new use (R34)
            v_ceiling := CASE WHEN l_ceiling[k] < 0 THEN c_max
                              ELSE least(c_max, l_ceiling[k] + s_burned[k] + s_left[k]) END;
            IF l_ceiling[k] >= 0 AND v_beyond > 0 AND v_beyond > v_ceiling - s_used[k] - s_held[k] THEN
                v_outcome := 'REFUSED';
                a_blamed[k] := true;
                a_amount[k] := v_beyond;
            ELSIF v_outcome IS NULL AND v_beyond > c_max - s_used[k] - s_held[k] THEN
                v_outcome := 'OVERFLOW';
                a_blamed[k] := true;
            END IF;
        END LOOP;
    END IF;

    IF v_outcome IS NULL THEN
        v_outcome := 'ACCEPTED';
        v_until := CASE WHEN p_operation = 'EXTEND' THEN greatest(h.expires_at, v_now + p_ttl * interval '1 microsecond') END;
        UPDATE ${quota_schema}.reservation t
           SET state = CASE WHEN v_commits THEN 'COMMITTED' WHEN p_operation = 'RELEASE' THEN 'RELEASED' ELSE t.state END,
               committed = CASE WHEN v_commits THEN l_amount[v_use] END,
               expires_at = coalesce(v_until, t.expires_at)
         WHERE t.id = h.id;
        UPDATE ${quota_schema}.reservation_line r
           SET counted = p_operation = 'EXTEND', expires_at = coalesce(v_until, r.expires_at)
         WHERE r.reservation = h.id;
        FOR k IN 1 .. v_lines LOOP
            IF p_operation <> 'EXTEND' THEN
                s_held[k] := s_held[k] - a_units[k];
            END IF;
            IF v_commits AND l_amount[k] > 0 THEN
                v_before := s_used[k];
                s_used[k] := v_before + l_amount[k];
                -- R38: the plan's allowance first, then grants; what neither has is overage (R41).
                IF l_limit[k] >= 0 AND s_used[k] > l_limit[k] + s_burned[k] THEN
                    a_overage[k] := l_amount[k] - greatest(0, l_limit[k] + s_burned[k] - v_before);
                    v_beyond := least(a_overage[k], s_left[k]);
                    IF v_beyond > 0 THEN
                        a_sources[k] := ${quota_schema}.quota_burn(l_subject[k], l_feature[k], v_beyond, v_now)::text;
                        a_overage[k] := a_overage[k] - v_beyond;
                        s_burned[k] := s_burned[k] + v_beyond;
                        s_left[k] := s_left[k] - v_beyond;
                    END IF;
                END IF;
                IF l_thresholds[k] <> '{}' THEN -- R32: there are none for a window that is not current any more
                    v_limit := CASE WHEN l_limit[k] < 0 THEN l_limit[k]
                                    ELSE least(c_max, l_limit[k] + s_burned[k] + s_left[k]) END;
                    FOR f IN SELECT * FROM ${quota_schema}.quota_fire(
                        l_subject[k], l_feature[k], l_start[k], l_end[k], v_limit, l_thresholds[k]::integer[],
                        v_before, s_used[k], v_now, s_fired[k]::integer[], s_generation[k])
                    LOOP
                        s_fired[k] := f.io_fired::text;
                        s_generation[k] := f.io_generation;
                        FOR a IN 1 .. cardinality(f.o_alert_ids) LOOP
                            o.o_line := k;
                            o.o_outcome := 'ALERT';
                            o.o_used := s_used[k];
                            o.o_limit := v_limit;
                            o.o_alert := f.o_alert_ids[a];
                            o.o_threshold := f.o_alert_thresholds[a];
                            o.o_generation := f.io_generation;
                            o.o_now := v_now;
                            RETURN NEXT o;
                        END LOOP;
                    END LOOP;
                END IF;
            END IF;
        END LOOP;
        UPDATE ${quota_schema}.usage_counter u
           SET used = d.used, held = d.held, held_until = ${quota_schema}.quota_held_until(u.id), burned = d.burned,
               fired = d.fired::integer[], generation = d.generation
          FROM unnest(s_id, s_used, s_held, s_burned, s_fired, s_generation)
               AS d (id, used, held, burned, fired, generation)
         WHERE u.id = d.id;
        IF v_commits THEN
            INSERT INTO ${quota_schema}.usage_record
                   (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after,
                    limit_units, overage, grants, source, source_plan, source_version, key, fingerprint,
                    origin_subject, origin_feature, origin_rate, charged_with, degraded, metadata, recorded_at)
            SELECT n.dedup, n.subject, n.feature, n.starts, n.ends, 'COMMIT', n.amount, n.used, n.held,
                   CASE WHEN n.units < 0 THEN n.units ELSE least(c_max, n.units + n.burned + n.unburned) END,
                   n.overage, n.sources::jsonb, n.source, n.source_plan, n.source_version, p_key, p_fingerprint,
                   n.origin_subject, n.origin_feature, n.rate,
                   CASE WHEN n.origin_subject IS NULL AND v_lines > 1 THEN ARRAY(
                        SELECT o.dedup FROM unnest(l_dedup, l_origin_subject) AS o (dedup, origin_subject)
                         WHERE o.origin_subject IS NOT NULL) END,
                   false, h.metadata, v_now
              FROM unnest(l_dedup, l_subject, l_feature, l_start, l_end, l_amount, s_used, s_held, l_limit, s_burned, s_left,
                          a_overage, a_sources, l_source, l_source_plan, l_source_version,
                          l_origin_subject, l_origin_feature, l_rate)
                   AS n (dedup, subject, feature, starts, ends, amount, used, held, units, burned, unburned,
                          overage, sources, source, source_plan, source_version, origin_subject, origin_feature, rate);
        END IF;
    END IF;

    RETURN QUERY
    SELECT a.ord::integer, v_outcome, a.blamed, a.used, a.held, a.burned + a.unburned, a.amount, a.overage,
           nullif(CASE WHEN v_outcome = 'REFUSED' THEN a.held_until WHEN v_outcome = 'ACCEPTED' THEN v_until END, 'infinity'),
           v_now, NULL::bigint, NULL::integer, NULL::bigint, NULL::bigint, NULL::text, NULL::text, NULL::timestamptz,
           NULL::timestamptz, NULL::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::bigint, NULL::bigint[]
      FROM unnest(a_blamed, s_used, s_held, s_burned, s_left, a_amount, a_overage, a_held_until)
           WITH ORDINALITY AS a (blamed, used, held, burned, unburned, amount, overage, held_until, ord);
    IF v_outcome = 'REPLAYED' AND v_commits THEN
        RETURN QUERY SELECT * FROM ${quota_schema}.quota_written(v_use, l_dedup[v_use], v_now);
    END IF;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 9;
