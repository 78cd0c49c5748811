-- The clock of every decision (R19). It stands alone so that a test can put a settable clock in its place. The one function
-- without a search path of its own, which would keep the planner from putting the body in the place of the call; it needs
-- none, since its body leaves nothing to look up.
CREATE FUNCTION ${quota_schema}.quota_now() RETURNS timestamptz
    LANGUAGE sql VOLATILE
AS $body$ SELECT pg_catalog.clock_timestamp() $body$;

-- What the functions that move counters answer: a row for each line of a command, and one for each alert that fired and for
-- each ledger row of a replay. o_line points to the line. o_counts is for a list of plain uses that was decided at once.
CREATE TYPE ${quota_schema}.quota_answer AS (
    o_line integer, o_outcome text, o_blamed boolean, o_used bigint, o_held bigint, o_top_ups bigint, o_amount bigint,
    o_overage bigint, o_held_until timestamptz, o_now timestamptz,
    o_alert bigint, o_threshold integer, o_generation bigint,
    o_limit bigint, o_subject text, o_feature text, o_start timestamptz, o_end timestamptz,
    o_source text, o_plan text, o_plan_version bigint,
    o_origin_subject text, o_origin_feature text, o_rate bigint, o_counts bigint[]);

-- The identity of a key within its scope (R8), as a UUID. A version 7 UUID as key lends its time, so that identities
-- grow as the ledger does; any other key is hashed throughout and marked as version 8. p_row tells apart the rows that are
-- written under one key.
CREATE FUNCTION ${quota_schema}.quota_dedup(p_subject text, p_feature text, p_key text, p_row text DEFAULT '')
    RETURNS uuid
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT encode(
               CASE WHEN timed.yes
                    THEN set_byte(overlay(hash.bytes PLACING decode(left(replace(p_key, '-', ''), 12), 'hex') FROM 1 FOR 6),
                                  6, (get_byte(hash.bytes, 6) & 15) | 112)
                    ELSE set_byte(hash.bytes, 6, (get_byte(hash.bytes, 6) & 15) | 128)
               END, 'hex')::uuid
      FROM (SELECT p_key ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' AS yes) timed,
           (SELECT set_byte(whole.bytes, 8, (get_byte(whole.bytes, 8) & 63) | 128) AS bytes
              FROM (SELECT substring(sha256(convert_to(p_subject || E'\n' || p_feature || E'\n' || p_key || p_row, 'UTF8'))
                                     FROM 1 FOR 16) AS bytes) whole) hash
$body$;

-- How many units a window admits in all: the limit and the overage beyond it (R41), whole units rounded down.
CREATE FUNCTION ${quota_schema}.quota_ceiling(p_limit bigint, p_overage text) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT CASE WHEN p_limit < 0 OR p_overage = 'soft' THEN -1
                WHEN p_overage = 'hard' THEN p_limit
                WHEN p_overage LIKE '%\%' THEN least(9007199254740991, p_limit + p_limit * rtrim(p_overage, '%')::bigint / 100)
                ELSE least(9007199254740991, p_limit + p_overage::bigint) END
$body$;

-- Re-arms and fires the alerts of one counter that the caller has locked, as its usage goes from p_before to p_after
-- (R26 to R32). What fired stays fired while neither the usage before nor the one after is below its threshold.
CREATE FUNCTION ${quota_schema}.quota_fire(
    p_subject text, p_feature text, p_start timestamptz, p_end timestamptz,
    p_limit bigint, p_thresholds integer[], p_before bigint, p_after bigint, p_now timestamptz,
    INOUT io_fired integer[], INOUT io_generation bigint,
    OUT o_alert_ids bigint[], OUT o_alert_thresholds integer[])
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    v_kept      integer[];
    v_threshold integer;
    v_id        bigint;
BEGIN
    o_alert_ids := '{}';
    o_alert_thresholds := '{}';
    -- R31: zero has no percentages, and says nothing about those that fired before.
    -- R32: an entry into a window that is not current leaves its alerts alone.
    IF p_limit = 0 OR p_now < p_start OR p_now >= p_end THEN
        RETURN;
    END IF;
    v_kept := ARRAY(SELECT t FROM unnest(io_fired) t
                     WHERE p_limit > 0 AND least(p_before, p_after) * 100 >= t * p_limit ORDER BY t);
    IF cardinality(v_kept) < cardinality(io_fired) THEN
        io_generation := io_generation + 1;
    END IF;
    IF p_limit > 0 THEN
        FOREACH v_threshold IN ARRAY p_thresholds LOOP
            IF p_after * 100 >= v_threshold * p_limit AND NOT v_threshold = ANY (v_kept) THEN
                INSERT INTO ${quota_schema}.quota_alert
                       (subject, feature, window_start, window_end, threshold, generation, used, limit_units, fired_at, due_at)
                VALUES (p_subject, p_feature, p_start, p_end, v_threshold, io_generation, p_after, p_limit, p_now, p_now)
                RETURNING id INTO v_id;
                o_alert_ids := o_alert_ids || v_id;
                o_alert_thresholds := o_alert_thresholds || v_threshold;
            END IF;
        END LOOP;
    END IF;
    io_fired := v_kept || o_alert_thresholds;
END
$body$;

-- What is left of a subject's grants of a feature at an instant (R38, R39).
CREATE FUNCTION ${quota_schema}.quota_left(p_subject text, p_feature text, p_now timestamptz) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT coalesce(sum(g.units_left), 0)::bigint
      FROM ${quota_schema}.usage_grant g
     WHERE g.subject = p_subject AND g.feature = p_feature AND g.voided_at IS NULL
       AND (g.effective_at IS NULL OR g.effective_at <= p_now) AND (g.expires_at IS NULL OR p_now < g.expires_at)
$body$;

-- Takes units from a subject's grants in their order (R38) and returns how many from which. The caller has locked the
-- counter, and then the grants in the order of their numbers.
CREATE FUNCTION ${quota_schema}.quota_burn(p_subject text, p_feature text, p_units bigint, p_now timestamptz) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    v_open    bigint := p_units;
    v_part    bigint;
    v_sources jsonb := '{}';
    g         record;
BEGIN
    FOR g IN
        SELECT t.id, t.units_left FROM ${quota_schema}.usage_grant t
         WHERE t.subject = p_subject AND t.feature = p_feature AND t.voided_at IS NULL AND t.units_left > 0
           AND (t.effective_at IS NULL OR t.effective_at <= p_now) AND (t.expires_at IS NULL OR p_now < t.expires_at)
         ORDER BY t.priority, t.expires_at NULLS LAST, t.id
           FOR UPDATE
    LOOP
        EXIT WHEN v_open = 0;
        v_part := least(v_open, g.units_left);
        UPDATE ${quota_schema}.usage_grant t SET units_left = t.units_left - v_part WHERE t.id = g.id;
        v_sources := v_sources || jsonb_build_object(g.id::text, v_part);
        v_open := v_open - v_part;
    END LOOP;
    RETURN v_sources;
END
$body$;

-- When the first of a locked counter's holds expires.
CREATE FUNCTION ${quota_schema}.quota_held_until(p_counter bigint) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT coalesce(min(r.expires_at), 'infinity') FROM ${quota_schema}.reservation_line r
     WHERE r.counter = p_counter AND r.counted
$body$;

-- Lets go of the holds of locked counters whose time ran out by p_now: from that instant on they count for nothing, whether
-- or not anybody looked (R35). Returns the counters that change.
CREATE FUNCTION ${quota_schema}.quota_expire(p_counters bigint[], p_now timestamptz)
RETURNS TABLE (o_counter bigint, o_held bigint, o_held_until timestamptz)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    RETURN QUERY
    WITH due AS (
        UPDATE ${quota_schema}.reservation_line r SET counted = false
         WHERE r.counter = ANY (p_counters) AND r.counted AND r.expires_at <= p_now
        RETURNING r.counter, r.units),
    freed AS (
        SELECT due.counter, sum(due.units)::bigint AS units FROM due GROUP BY due.counter)
    UPDATE ${quota_schema}.usage_counter u
       SET held = u.held - f.units,
           held_until = coalesce((SELECT min(r.expires_at) FROM ${quota_schema}.reservation_line r
                                   WHERE r.counter = u.id AND r.counted AND r.expires_at > p_now), 'infinity')
      FROM freed f
     WHERE u.id = f.counter
    RETURNING u.id, u.held, u.held_until;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 2;
