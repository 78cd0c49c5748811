-- Many uses of one feature each, in one statement: what quota_use does for one. Where all uses of a counter fit, its row is
-- written once, and each use gets its place by an addition that the client makes.
--
-- t_*: the distinct terms; t_room is how far a counter may go without passing its ceiling or making an alert fire. c_*: the
-- distinct counters in the order in which they are locked; c_terms points into t_*, c_total is what their uses ask for
-- together, c_least what the smallest of them asks for. l_*: the uses; l_behind is what those of the same counter ask for
-- that come after this one. p_plan: the distinct plans behind the terms. p_from, p_until: when all of the
-- terms hold and their windows are current. p_default_revision: that of the default plan on which terms depend, or -1.
--
-- As in quota_use all are charged first, as if all were well, and the ledger's rows are written by a later statement, which
-- verifies terms and keys (traps 3, 4 and 13). Then there is one answer for all: o_counts says what each counter has after
-- its uses, or, where all of them are refused, what it has and keeps, u, as -1 - u. If anything else turns up, all is taken
-- back and decided one by one.
CREATE FUNCTION ${quota_schema}.quota_uses(
    p_lock_timeout_ms integer,
    t_feature text[], t_start timestamptz[], t_end timestamptz[],
    t_limit bigint[], t_ceiling bigint[], t_most bigint[], t_alarm bigint[], t_room bigint[], t_thresholds text[],
    t_source text[], t_source_plan text[], t_source_version bigint[], t_valid_from timestamptz[], t_valid_until timestamptz[],
    t_plan text[], t_plan_version bigint[], t_default_revision bigint[],
    p_plan text[], p_plan_version bigint[], p_from timestamptz, p_until timestamptz, p_default_revision bigint,
    c_subject text[], c_terms integer[], c_revision bigint[], c_total bigint[], c_least bigint[],
    l_counter integer[], l_amount bigint[], l_behind bigint[], l_key text[], l_dedup uuid[], l_fingerprint bigint[],
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
    v_counters CONSTANT integer := cardinality(c_subject);
    s_id       bigint[]; -- of the counters that are charged, negative where the row was made here
    s_count    bigint[]; -- per counter, as o_counts
    v_at_once  boolean := true; -- whether all can be decided at once
    v_now      timestamptz;
    o ${quota_schema}.quota_answer;
BEGIN
    IF set_config('lock_timeout', p_lock_timeout_ms::text, true) IS NULL
       OR current_setting('transaction_isolation') <> 'read committed'
    THEN
        RAISE EXCEPTION 'quota_uses needs transaction isolation read committed, but it is %',
            current_setting('transaction_isolation') USING ERRCODE = 'QG001';
    END IF;

    -- All are locked, charged or not, in the order of the array (trap 14); only those stay out whose uses would be refused
    -- even by an untouched counter, which must not be made for them (R2). The row of another transaction's lock comes with
    -- what that left in it. xmax is zero in a row that was made here. The clock is read when all of them are there.
    WITH charged AS (
        INSERT INTO ${quota_schema}.usage_counter AS u (subject, feature, window_start, window_end, used)
        SELECT c_subject[d.k], t_feature[d.t], t_start[d.t], t_end[d.t], c_total[d.k]
          FROM unnest(c_terms) WITH ORDINALITY AS d (t, k)
         WHERE c_least[d.k] <= t_most[d.t]
        ON CONFLICT (subject, feature, window_start, window_end) DO UPDATE
           SET used = u.used + excluded.used
         WHERE u.held = 0 AND u.burned = 0 AND u.fired = '{}'
        RETURNING CASE WHEN u.xmax = 0 THEN -u.id ELSE u.id END AS id, u.used)
    SELECT array_agg(c.id), array_agg(c.used), ${quota_schema}.quota_now()
      INTO s_id, s_count, v_now
      FROM charged c;

    IF cardinality(s_id) IS DISTINCT FROM v_counters THEN
        -- Some counters are refused what they are asked for, or there is more to do. Where none is charged, this one reading
        -- of counters, keys and terms is the answer.
        SELECT array_agg(CASE WHEN u.charged THEN u.used ELSE -1 - coalesce(u.used, 0) END ORDER BY d.k),
               bool_and(u.charged IS true
                        OR coalesce(u.held = 0 AND u.burned = 0, true) AND t_ceiling[d.t] >= 0
                           AND c_least[d.k] > t_most[d.t] - coalesce(u.used, 0))
               AND bool_and(coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = c_subject[d.k]), 0)
                            = c_revision[d.k])
           AND v_now >= p_from AND v_now < p_until
           AND NOT EXISTS (SELECT FROM ${quota_schema}.usage_record r WHERE r.dedup = ANY (l_dedup))
           -- A plan is never deleted from its table, so that only one of version 0 can be missing there.
           AND NOT EXISTS (
               SELECT FROM ${quota_schema}.plan g
                WHERE g.code = ANY (p_plan) AND g.version <> p_plan_version[array_position(p_plan, g.code)])
           AND (p_default_revision = -1
                OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d WHERE d.only_row), 0) = p_default_revision)
          INTO s_count, v_at_once
          FROM unnest(c_terms) WITH ORDINALITY AS d (t, k)
          LEFT JOIN LATERAL (
               SELECT x.used, x.held, x.burned, x.id = ANY (s_id) OR -x.id = ANY (s_id) AS charged
                 FROM ${quota_schema}.usage_counter x
                WHERE x.subject = c_subject[d.k] AND x.feature = t_feature[d.t]
                  AND x.window_start = t_start[d.t] AND x.window_end = t_end[d.t]
               OFFSET 0) u ON true;
    END IF;

    o.o_outcome := 'ALL';
    o.o_now := v_now;
    o.o_counts := s_count;
    IF v_at_once AND s_id IS NULL THEN
        RETURN NEXT o;
        RETURN;
    ELSIF v_at_once THEN
        INSERT INTO ${quota_schema}.usage_record
               (dedup, subject, feature, window_start, window_end, operation, amount, used_after, held_after, limit_units,
                overage, source, source_plan, source_version, key, fingerprint, degraded, metadata, recorded_at)
        SELECT l_dedup[n.j], c_subject[n.k], t_feature[n.t], t_start[n.t], t_end[n.t], 'RECORD', n.amount,
               n.after, 0, n.units,
               CASE WHEN n.units < 0 THEN 0 ELSE least(n.amount, greatest(0, n.after - n.units)) END,
               t_source[n.t], t_source_plan[n.t], t_source_version[n.t], l_key[n.j], l_fingerprint[n.j], false,
               l_metadata[n.j]::jsonb, v_now
          FROM (SELECT x.j, x.k, c_terms[x.k] AS t, s_count[x.k] - l_behind[x.j] AS after, l_amount[x.j] AS amount,
                       t_limit[c_terms[x.k]] AS units
                  FROM unnest(l_counter) WITH ORDINALITY AS x (k, j)
                 WHERE s_count[x.k] >= 0 OFFSET 0) n
         WHERE v_now >= p_from AND v_now < p_until
           AND NOT EXISTS (SELECT FROM ${quota_schema}.usage_record r WHERE r.dedup = ANY (l_dedup))
           -- A plan is never deleted from its table, so that only one of version 0 can be missing there.
           AND NOT EXISTS (
               SELECT FROM ${quota_schema}.plan g
                WHERE g.code = ANY (p_plan) AND g.version <> p_plan_version[array_position(p_plan, g.code)])
           AND (p_default_revision = -1
                OR coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d WHERE d.only_row), 0) = p_default_revision)
           AND NOT EXISTS (
               SELECT FROM generate_series(1, v_counters) AS k
                WHERE s_count[k] > t_room[c_terms[k]]
                   OR coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = c_subject[k]), 0)
                      <> c_revision[k]);
        IF FOUND THEN
            RETURN NEXT o;
            RETURN;
        END IF;
    END IF;

    UPDATE ${quota_schema}.usage_counter u
       SET used = u.used - d.total
      FROM (SELECT k, c_terms[k] AS t, c_total[k] AS total FROM generate_series(1, v_counters) AS k OFFSET 0) d
     WHERE u.subject = c_subject[d.k] AND u.feature = t_feature[d.t]
       AND u.window_start = t_start[d.t] AND u.window_end = t_end[d.t]
       AND (u.id = ANY (s_id) OR -u.id = ANY (s_id));
    DELETE FROM ${quota_schema}.usage_counter u
     WHERE u.id = ANY (ARRAY(SELECT -id FROM unnest(s_id) AS id WHERE id < 0)) AND u.used = 0;
    RETURN QUERY
    SELECT w.*
      FROM (SELECT array_agg(t_feature[t] ORDER BY ord) AS feature, array_agg(t_start[t] ORDER BY ord) AS starts,
                   array_agg(t_end[t] ORDER BY ord) AS ends, array_agg(t_limit[t] ORDER BY ord) AS units,
                   array_agg(t_ceiling[t] ORDER BY ord) AS ceiling, array_agg(t_most[t] ORDER BY ord) AS most,
                   array_agg(t_alarm[t] ORDER BY ord) AS alarm, array_agg(t_thresholds[t] ORDER BY ord) AS thresholds,
                   array_agg(t_source[t] ORDER BY ord) AS source, array_agg(t_source_plan[t] ORDER BY ord) AS source_plan,
                   array_agg(t_source_version[t] ORDER BY ord) AS source_version,
                   array_agg(t_valid_from[t] ORDER BY ord) AS valid_from, array_agg(t_valid_until[t] ORDER BY ord) AS valid_until,
                   array_agg(t_plan[t] ORDER BY ord) AS plan, array_agg(t_plan_version[t] ORDER BY ord) AS plan_version,
                   array_agg(t_default_revision[t] ORDER BY ord) AS default_revision
              FROM unnest(c_terms) WITH ORDINALITY AS x (t, ord)) c
     CROSS JOIN LATERAL ${quota_schema}.quota_uses_one_by_one(
           p_lock_timeout_ms, c_subject, c.feature, c.starts, c.ends, c.units, c.ceiling, c.most, c.alarm, c.thresholds,
           c.source, c.source_plan, c.source_version, c.valid_from, c.valid_until,
           c_revision, c.plan, c.plan_version, c.default_revision,
           l_counter, l_amount, l_key, l_dedup, l_fingerprint, l_metadata) w;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 13;
