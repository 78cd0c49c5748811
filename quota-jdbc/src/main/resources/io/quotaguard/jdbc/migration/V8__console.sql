-- The face for psql: look at quotas, ask, and record a use, with the same answers as the library gives.

-- A version 7 UUID (RFC 9562), for a use that brings no key of its own (R13).
CREATE FUNCTION ${quota_schema}.quota_new_key() RETURNS text
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT encode(set_bit(set_bit(
               overlay(uuid_send(gen_random_uuid())
                       PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                       FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid::text
$body$;

CREATE FUNCTION ${quota_schema}.quota_require_name(p_what text, p_name text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF p_name IS NULL OR length(p_name) > 200 OR p_name !~ '\S' OR p_name ~ '[\u0001-\u001f\u007f-\u009f]' THEN
        RAISE EXCEPTION '% must have 1 to 200 characters, not all blank and none of them a control character (R46)', p_what
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$body$;

-- Resolves and executes one use or one check; tries again when the catalog or the window moved in between (R25). What else a
-- use is charged to, a pool or credits, only the library works out: rather than leave that out, this refuses.
CREATE FUNCTION ${quota_schema}.quota_ask(
    p_operation text, p_subject text, p_feature text, p_amount bigint, p_key text, p_metadata jsonb)
RETURNS TABLE (
    allowed boolean, reason text, used bigint, held bigint, limit_units bigint, remaining bigint,
    window_start timestamptz, resets_at timestamptz, source text, plan_code text, plan_version bigint,
    key text, replayed boolean)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
    c_lock_timeout_ms CONSTANT integer := 5000; -- R45: no wait without a bound
    e record;
    r record;
    v_granted boolean; -- whether there are grants on top of the limit
    v_ceiling bigint;
BEGIN
    PERFORM ${quota_schema}.quota_require_name('subject', p_subject);
    PERFORM ${quota_schema}.quota_require_name('feature', p_feature);
    PERFORM ${quota_schema}.quota_require_name('key', p_key);
    IF p_amount IS NULL OR p_amount NOT BETWEEN 1 AND 9007199254740991 THEN
        RAISE EXCEPTION 'amount % is not in 1 to 9007199254740991 (R6)', p_amount USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF jsonb_typeof(p_metadata) <> 'object' OR (SELECT count(*) FROM jsonb_each(p_metadata)) > 32
       OR EXISTS (SELECT 1 FROM jsonb_each(p_metadata) m WHERE jsonb_typeof(m.value) <> 'string') THEN
        RAISE EXCEPTION 'metadata must be a JSON object of at most 32 texts' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR attempt IN 1 .. 20 LOOP
        SELECT * INTO e
          FROM ${quota_schema}.quota_entitlement(p_subject, p_feature, ${quota_schema}.quota_now());
        -- Read after the revisions, so that whatever is added or changed meanwhile makes them stale.
        v_granted := EXISTS (SELECT 1 FROM ${quota_schema}.usage_grant g
                              WHERE g.subject = p_subject AND g.feature = p_feature AND g.voided_at IS NULL);
        IF EXISTS (SELECT 1 FROM ${quota_schema}.membership m WHERE m.subject = p_subject)
           OR EXISTS (SELECT 1 FROM ${quota_schema}.plan_feature f
                       WHERE f.code = e.o_source_plan AND f.version = e.o_source_version AND f.feature = p_feature
                         AND f.draw_credits IS NOT NULL) THEN
            RAISE EXCEPTION '% of % is charged to a pool or in credits as well: charge it through the library (R40)',
                p_feature, p_subject USING ERRCODE = 'QG004';
        END IF;
        SELECT x.* INTO r
          FROM ${quota_schema}.quota_execute(
                   c_lock_timeout_ms, ARRAY[p_subject], ARRAY[p_feature], ARRAY[e.o_start], ARRAY[e.o_end],
                   ARRAY[CASE WHEN p_operation = 'CHECK' THEN 0
                              WHEN e.o_standing = 'GRANTED' AND (v_granted OR e.o_ceiling < 0 OR p_amount <= e.o_ceiling)
                              THEN 2 ELSE 1 END]::smallint[],
                   ARRAY[v_granted],
                   ARRAY[0], ARRAY[1], ARRAY[1], ARRAY[p_operation], ARRAY[p_key],
                   ARRAY[CASE WHEN p_operation <> 'CHECK'
                              THEN ${quota_schema}.quota_dedup(p_subject, p_feature, p_key) END],
                   ARRAY[p_amount * 16 + 1], ARRAY[nullif(p_metadata, '{}')::text], ARRAY[p_subject], ARRAY[p_feature],
                   ARRAY[p_amount], NULL, NULL, NULL, ARRAY[e.o_standing = 'GRANTED'],
                   ARRAY[CASE WHEN e.o_limit > 0 AND e.o_thresholds <> '{}'
                              THEN (e.o_thresholds[1] * e.o_limit + 99) / 100
                              ELSE 9223372036854775807 END],
                   ARRAY[e.o_limit], ARRAY[e.o_ceiling], ARRAY[e.o_thresholds::text], ARRAY[e.o_source], ARRAY[e.o_source_plan], ARRAY[e.o_source_version],
                   ARRAY[e.o_start], ARRAY[e.o_end],
                   ARRAY['-infinity'::timestamptz], -- resolved by this very clock, so never ahead of it
                   ARRAY[e.o_valid_until],
                   ARRAY[e.o_subject_revision], ARRAY[e.o_plan], ARRAY[e.o_plan_version], ARRAY[e.o_default_revision],
                   NULL, NULL, NULL) x
         WHERE x.o_outcome <> 'ALERT'
         ORDER BY x.o_outcome = 'WRITTEN' DESC
         LIMIT 1;
        EXIT WHEN r.o_outcome NOT LIKE 'STALE%';
    END LOOP;
    CASE r.o_outcome
        WHEN 'CONFLICT' THEN
            RAISE EXCEPTION 'the key was used for another request of this subject and feature (R8)' USING ERRCODE = 'QG003';
        WHEN 'COLLISION' THEN
            RAISE EXCEPTION 'the digest of the key is taken by another key; use a different one (R8)' USING ERRCODE = 'QG003';
        WHEN 'OVERFLOW' THEN
            RAISE EXCEPTION 'amount % would take the counter beyond 9007199254740991 (R6)', p_amount
                USING ERRCODE = 'numeric_value_out_of_range';
        WHEN 'STALE_CLOCK', 'STALE_CATALOG' THEN
            RAISE EXCEPTION 'the catalog kept changing; try again' USING ERRCODE = '40001';
        ELSE NULL;
    END CASE;
    replayed := r.o_outcome = 'WRITTEN';
    allowed := r.o_outcome <> 'REFUSED';
    used := r.o_used;
    held := r.o_held;
    v_ceiling := e.o_ceiling + coalesce(r.o_top_ups, 0);
    reason := CASE WHEN allowed THEN NULL
                   WHEN e.o_standing <> 'GRANTED' THEN e.o_standing
                   WHEN used + p_amount <= v_ceiling THEN 'HELD'
                   ELSE 'EXHAUSTED' END;
    limit_units := CASE WHEN replayed THEN r.o_limit
                        WHEN e.o_limit < 0 THEN e.o_limit
                        ELSE least(9007199254740991, e.o_limit + coalesce(r.o_top_ups, 0)) END;
    remaining := CASE WHEN limit_units >= 0 THEN greatest(0, limit_units - used - held) END;
    IF replayed OR e.o_standing = 'GRANTED' THEN
        window_start := CASE WHEN replayed THEN r.o_start ELSE e.o_start END;
        resets_at := nullif(CASE WHEN replayed THEN r.o_end ELSE e.o_end END, 'infinity');
    END IF;
    source := CASE WHEN replayed THEN r.o_source ELSE e.o_source END;
    plan_code := CASE WHEN replayed THEN r.o_plan ELSE e.o_source_plan END;
    plan_version := CASE WHEN replayed THEN r.o_plan_version ELSE e.o_source_version END;
    key := p_key;
    RETURN NEXT;
END
$body$;

-- Asks whether a use would be allowed now; changes nothing.
CREATE FUNCTION ${quota_schema}.check_user_quota(p_subject text, p_feature text, p_amount bigint DEFAULT 1)
RETURNS TABLE (
    allowed boolean, reason text, used bigint, held bigint, limit_units bigint, remaining bigint,
    window_start timestamptz, resets_at timestamptz, source text, plan_code text, plan_version bigint)
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT q.allowed, q.reason, q.used, q.held, q.limit_units, q.remaining, q.window_start, q.resets_at,
           q.source, q.plan_code, q.plan_version
      FROM ${quota_schema}.quota_ask('CHECK', p_subject, p_feature, p_amount, 'check', '{}') q
$body$;

-- Records a use when it fits. Repeating it with the same key counts once (R7); without a key each call is a new use.
CREATE FUNCTION ${quota_schema}.record_feature_usage(
    p_subject text, p_feature text, p_amount bigint DEFAULT 1, p_key text DEFAULT NULL, p_metadata jsonb DEFAULT '{}')
RETURNS TABLE (
    allowed boolean, reason text, used bigint, held bigint, limit_units bigint, remaining bigint,
    window_start timestamptz, resets_at timestamptz, source text, plan_code text, plan_version bigint,
    key text, replayed boolean)
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT * FROM ${quota_schema}.quota_ask(
        'RECORD', p_subject, p_feature, p_amount, coalesce(p_key, ${quota_schema}.quota_new_key()),
        coalesce(p_metadata, '{}'))
$body$;

-- Every feature that a known subject has now, and how much of it is used. The limit is the plan's with grants on top (R38), and
-- holds that expired do not count (R35).
CREATE VIEW ${quota_schema}.quota_overview AS
SELECT s.subject, f.feature, e.o_source_plan AS plan_code, l.units AS limit_units, l.used, l.held,
       CASE WHEN l.units >= 0 THEN greatest(0, l.units - l.used - l.held) END AS remaining,
       CASE WHEN l.units > 0 THEN l.used * 100 / l.units END AS percent_used,
       e.o_start AS window_start, nullif(e.o_end, 'infinity') AS resets_at, e.o_source AS source
  FROM (SELECT subject FROM ${quota_schema}.subscriber
        UNION
        SELECT subject FROM ${quota_schema}.usage_counter) s
 CROSS JOIN LATERAL (SELECT ${quota_schema}.quota_now() AS instant OFFSET 0) n
 CROSS JOIN LATERAL (
       SELECT DISTINCT t.feature
         FROM ${quota_schema}.quota_named_plans(s.subject) g
         JOIN ${quota_schema}.plan_feature t ON t.code = g.o_code AND t.version = g.o_version) f
 CROSS JOIN LATERAL ${quota_schema}.quota_entitlement(s.subject, f.feature, n.instant) e
  LEFT JOIN ${quota_schema}.usage_counter c
         ON c.subject = s.subject AND c.feature = f.feature AND c.window_start = e.o_start AND c.window_end = e.o_end
 CROSS JOIN LATERAL (
       SELECT coalesce(c.used, 0) AS used,
              coalesce(c.held, 0) - CASE WHEN c.held_until <= n.instant
                   THEN (SELECT coalesce(sum(r.units), 0)::bigint FROM ${quota_schema}.reservation_line r
                          WHERE r.counter = c.id AND r.counted AND r.expires_at <= n.instant)
                   ELSE 0 END AS held,
              CASE WHEN e.o_limit < 0 THEN e.o_limit
                   ELSE least(9007199254740991, e.o_limit + coalesce(c.burned, 0)
                        + ${quota_schema}.quota_left(s.subject, f.feature, n.instant)) END AS units) l
 WHERE e.o_standing = 'GRANTED';

UPDATE ${quota_schema}.schema_info SET version = 8;
