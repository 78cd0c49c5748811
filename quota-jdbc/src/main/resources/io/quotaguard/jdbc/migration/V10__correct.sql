-- Taking back some of a use: a new row for each row that it wrote, in the windows of these (R37). One statement for one
-- correction, with the arguments of quota_settle; the target is the use's own row.
CREATE FUNCTION ${quota_schema}.quota_correct(
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
    c_max CONSTANT bigint := 9007199254740991; -- R6: 2^53 - 1
    v_lines      CONSTANT integer := cardinality(l_subject);
    s_id         bigint[]  := array_fill(NULL::bigint, ARRAY[v_lines]);
    s_used       bigint[]  := s_id;
    s_held       bigint[]  := s_id;
    s_burned     bigint[]  := s_id;
    s_left       bigint[]  := s_id;
    s_fired      text[]    := array_fill('{}'::text, ARRAY[v_lines]);
    s_generation bigint[]  := s_id;
    s_last_reset bigint[]  := s_id;
    a_amount     bigint[]  := array_fill(0::bigint, ARRAY[v_lines]); -- what is taken back of each counter
    a_overage    bigint[]  := a_amount;
    a_sources    text[]    := array_fill(NULL::text, ARRAY[v_lines]);
    a_row        bigint[]  := s_id; -- the row of which it is taken back
    a_blamed     boolean[] := array_fill(false, ARRAY[v_lines]);
    v_now        timestamptz;
    v_use        integer; -- the line of the use itself
    v_outcome    text;
    v_units      bigint;  -- what is left of the use
    v_open       bigint;
    v_part       bigint;
    v_sources    jsonb;
    u            ${quota_schema}.usage_record;
    c record; g record; f record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'quota_correct needs transaction isolation read committed, but it is %',
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
        s_last_reset[c.o_line] := c.o_last_reset;
        v_now := c.o_now;
        IF l_origin_subject[c.o_line] IS NULL THEN
            v_use := c.o_line;
        END IF;
    END LOOP;

    SELECT * INTO u FROM ${quota_schema}.usage_record t WHERE t.dedup = l_dedup[v_use];
    IF u.id IS NOT NULL THEN
        v_outcome := CASE WHEN u.subject <> l_subject[v_use] OR u.feature <> l_feature[v_use] OR u.key <> p_key THEN 'COLLISION'
                          WHEN u.fingerprint = p_fingerprint THEN 'REPLAYED' ELSE 'CONFLICT' END;
        a_blamed[v_use] := true;
    ELSE
        SELECT * INTO u FROM ${quota_schema}.usage_record t
         WHERE t.dedup = p_target AND t.operation IN ('RECORD', 'COMMIT') AND t.origin_subject IS NULL
           AND t.subject = l_subject[v_use] AND t.feature = l_feature[v_use];
        IF u.id IS NULL THEN
            v_outcome := 'NOT_FOUND';
        END IF;
    END IF;
    IF v_outcome IS NULL THEN
        SELECT s.o_line, s.o_outcome INTO c
          FROM ${quota_schema}.quota_stale(v_now, l_subject, l_valid_from, l_valid_until,
                   l_subject_revision, l_plan, l_plan_version, l_default_revision) s;
        IF c.o_line IS NOT NULL THEN
            v_outcome := c.o_outcome;
            a_blamed[c.o_line] := true;
        END IF;
    END IF;
    IF v_outcome IS NULL THEN
        v_units := u.amount + coalesce(
            (SELECT sum(t.amount)::bigint FROM ${quota_schema}.usage_record t WHERE t.corrects = u.id), 0);
        IF l_amount[v_use] > v_units THEN
            v_outcome := 'BEYOND';
            a_amount[v_use] := v_units;
        END IF;
    END IF;

    IF v_outcome IS NULL THEN
        v_outcome := 'ACCEPTED';
        FOR c IN
            SELECT t.id, k.ord::integer AS ord,
                   t.amount + coalesce(x.amount, 0) AS amount, t.overage + coalesce(x.overage, 0) AS overage
              FROM unnest(ARRAY[u.dedup] || u.charged_with) d (dedup)
              JOIN ${quota_schema}.usage_record t ON t.dedup = d.dedup
              LEFT JOIN LATERAL (
                   SELECT sum(r.amount)::bigint AS amount, sum(r.overage)::bigint AS overage
                     FROM ${quota_schema}.usage_record r WHERE r.corrects = t.id) x ON true
              LEFT JOIN LATERAL (
                   SELECT n.ord
                     FROM unnest(l_subject, l_feature, l_start, l_end) WITH ORDINALITY AS n (subject, feature, starts, ends, ord)
                    WHERE n.subject = t.subject AND n.feature = t.feature
                      AND n.starts = t.window_start AND n.ends = t.window_end) k ON true
        LOOP
            IF s_id[c.ord] IS NULL THEN
                RAISE EXCEPTION 'a counter of the use was not locked' USING ERRCODE = 'QG002';
            END IF;
            a_row[c.ord] := c.id;
            CONTINUE WHEN c.id < s_last_reset[c.ord]; -- a reset has taken it back already
            -- By what is left of this very row: of the use's own, nothing goes back after a reset, so that it does not tell
            -- how often the others were corrected since.
            a_amount[c.ord] := CASE p_operation WHEN 'CORRECT_TO' THEN greatest(0, c.amount - l_amount[c.ord])
                                    ELSE least(c.amount, l_amount[c.ord]) END;
            -- What was taken last goes back first: what lay above the limit, then grants, the last used first.
            a_overage[c.ord] := least(a_amount[c.ord], c.overage);
            v_open := a_amount[c.ord] - a_overage[c.ord];
            v_sources := '{}';
            FOR g IN
                SELECT t.id, b.units
                  FROM (SELECT s.key::bigint AS id, sum(s.value::bigint)::bigint AS units
                          FROM (SELECT r.grants FROM ${quota_schema}.usage_record r WHERE r.id = c.id
                                UNION ALL
                                SELECT r.grants FROM ${quota_schema}.usage_record r WHERE r.corrects = c.id) r
                         CROSS JOIN LATERAL jsonb_each_text(r.grants) s
                         GROUP BY 1) b
                  JOIN ${quota_schema}.usage_grant t ON t.id = b.id
                 WHERE b.units > 0
                 ORDER BY t.priority DESC, t.expires_at DESC NULLS FIRST, t.id DESC
            LOOP
                EXIT WHEN v_open = 0;
                v_part := least(v_open, g.units);
                UPDATE ${quota_schema}.usage_grant t SET units_left = t.units_left + v_part
                 WHERE t.id = g.id AND t.voided_at IS NULL;
                v_sources := v_sources || jsonb_build_object(g.id::text, - v_part);
                s_burned[c.ord] := s_burned[c.ord] - v_part;
                v_open := v_open - v_part;
            END LOOP;
            IF v_sources <> '{}' THEN
                a_sources[c.ord] := v_sources::text;
                IF l_granted[c.ord] THEN
                    s_left[c.ord] := ${quota_schema}.quota_left(l_subject[c.ord], l_feature[c.ord], v_now);
                END IF;
            END IF;
            s_used[c.ord] := s_used[c.ord] - a_amount[c.ord];
            IF a_amount[c.ord] > 0 AND l_thresholds[c.ord] <> '{}' THEN -- R29: falling re-arms, and never fires
                FOR f IN SELECT * FROM ${quota_schema}.quota_fire(
                    l_subject[c.ord], l_feature[c.ord], l_start[c.ord], l_end[c.ord],
                    CASE WHEN l_limit[c.ord] < 0 THEN l_limit[c.ord]
                         ELSE least(c_max, l_limit[c.ord] + s_burned[c.ord] + s_left[c.ord]) END,
                    '{}', s_used[c.ord] + a_amount[c.ord], s_used[c.ord], v_now,
                    s_fired[c.ord]::integer[], s_generation[c.ord])
                LOOP
                    s_fired[c.ord] := f.io_fired::text;
                    s_generation[c.ord] := f.io_generation;
                END LOOP;
            END IF;
        END LOOP;
        UPDATE ${quota_schema}.usage_counter t
           SET used = d.used, burned = d.burned, fired = d.fired::integer[], generation = d.generation
          FROM unnest(s_id, s_used, s_burned, s_fired, s_generation, a_amount)
               AS d (id, used, burned, fired, generation, amount)
         WHERE t.id = d.id AND d.amount > 0;
        INSERT INTO ${quota_schema}.usage_record
               (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after,
                limit_units, overage, grants, source, source_plan, source_version, key, fingerprint,
                origin_subject, origin_feature, origin_rate, charged_with, corrects, degraded, metadata, recorded_at)
        SELECT n.dedup, n.subject, n.feature, n.starts, n.ends, 'CORRECT', - n.amount, n.used, n.held,
               CASE WHEN n.units < 0 THEN n.units ELSE least(c_max, n.units + n.burned + n.unburned) END,
               - n.overage, n.sources::jsonb, n.source, n.source_plan, n.source_version, p_key, p_fingerprint,
               n.origin_subject, n.origin_feature, n.rate,
               CASE WHEN n.origin_subject IS NULL AND v_lines > 1 THEN ARRAY(
                    SELECT o.dedup FROM unnest(l_dedup, l_origin_subject) AS o (dedup, origin_subject)
                     WHERE o.origin_subject IS NOT NULL) END,
               n.corrected, false, p_metadata::jsonb, v_now
          FROM unnest(l_dedup, l_subject, l_feature, l_start, l_end, a_amount, s_used, s_held, l_limit, s_burned, s_left,
                      a_overage, a_sources, l_source, l_source_plan, l_source_version,
                      l_origin_subject, l_origin_feature, l_rate, a_row)
               AS n (dedup, subject, feature, starts, ends, amount, used, held, units, burned, unburned,
                      overage, sources, source, source_plan, source_version, origin_subject, origin_feature, rate, corrected);
    END IF;

    RETURN QUERY
    SELECT a.ord::integer, v_outcome, a.blamed, a.used, a.held, a.burned + a.unburned, a.amount, 0::bigint, NULL::timestamptz,
           v_now, NULL::bigint, NULL::integer, NULL::bigint, NULL::bigint, NULL::text, NULL::text, NULL::timestamptz,
           NULL::timestamptz, NULL::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::bigint, NULL::bigint[]
      FROM unnest(a_blamed, s_used, s_held, s_burned, s_left, a_amount)
           WITH ORDINALITY AS a (blamed, used, held, burned, unburned, amount, ord);
    IF v_outcome = 'REPLAYED' THEN
        RETURN QUERY SELECT * FROM ${quota_schema}.quota_written(v_use, l_dedup[v_use], v_now);
    END IF;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 10;
