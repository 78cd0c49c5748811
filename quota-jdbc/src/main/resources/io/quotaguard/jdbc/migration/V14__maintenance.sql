-- The ledger read in pages, so that millions of rows are compared with their counters in statements of a few milliseconds
-- each. They read and never lock. The planner settings pin each page to its index, whatever the statistics say.

-- What a page of the ledger adds up to, by counter: p_rows rows after the row p_id of the subject p_subject. The last subject
-- goes on in the next page, after o_last, when the page is full.
CREATE FUNCTION ${quota_schema}.quota_ledger_page(p_subject text, p_id bigint, p_rows integer)
RETURNS TABLE (o_subject text, o_feature text, o_start timestamptz, o_end timestamptz, o_units bigint, o_rows bigint,
               o_last bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
AS $body$
BEGIN
    RETURN QUERY
    WITH page AS MATERIALIZED (
        SELECT r.subject, r.feature, r.window_start, r.window_end, r.amount, r.id
          FROM ${quota_schema}.usage_record r
         WHERE (r.subject, r.id) > (p_subject COLLATE "C", p_id)
         ORDER BY r.subject, r.id
         LIMIT p_rows)
    SELECT p.subject, p.feature, p.window_start, p.window_end, sum(p.amount)::bigint, count(*), max(p.id)
      FROM page p
     GROUP BY p.subject, p.feature, p.window_start, p.window_end
     ORDER BY p.subject;
END
$body$;

-- p_rows counters after one, of subjects before p_until; of all for null. These are two statements, since a bound that may be
-- null bounds no index: every page would be read to the end of the table.
CREATE FUNCTION ${quota_schema}.quota_counter_page(
    p_subject text, p_feature text, p_start timestamptz, p_end timestamptz, p_until text, p_rows integer)
RETURNS TABLE (o_subject text, o_feature text, o_start timestamptz, o_end timestamptz, o_used bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
AS $body$
BEGIN
    IF p_until IS NULL THEN
        RETURN QUERY
        SELECT c.subject, c.feature, c.window_start, c.window_end, c.used
          FROM ${quota_schema}.usage_counter c
         WHERE (c.subject, c.feature, c.window_start, c.window_end)
               > (p_subject COLLATE "C", p_feature COLLATE "C", p_start, p_end)
         ORDER BY c.subject, c.feature, c.window_start, c.window_end
         LIMIT p_rows;
    ELSE
        RETURN QUERY
        SELECT c.subject, c.feature, c.window_start, c.window_end, c.used
          FROM ${quota_schema}.usage_counter c
         WHERE (c.subject, c.feature, c.window_start, c.window_end)
               > (p_subject COLLATE "C", p_feature COLLATE "C", p_start, p_end)
           AND c.subject < p_until COLLATE "C"
         ORDER BY c.subject, c.feature, c.window_start, c.window_end
         LIMIT p_rows;
    END IF;
END
$body$;

-- One counter and the sum of its rows, both as of one snapshot.
CREATE FUNCTION ${quota_schema}.quota_compare(p_subject text, p_feature text, p_start timestamptz, p_end timestamptz)
RETURNS TABLE (o_counted bigint, o_ledger bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
AS $body$
BEGIN
    RETURN QUERY
    SELECT coalesce((SELECT c.used FROM ${quota_schema}.usage_counter c
                      WHERE c.subject = p_subject AND c.feature = p_feature
                        AND c.window_start = p_start AND c.window_end = p_end), 0),
           coalesce((SELECT sum(r.amount)::bigint FROM ${quota_schema}.usage_record r
                      WHERE r.subject = p_subject AND r.feature = p_feature
                        AND r.window_start = p_start AND r.window_end = p_end), 0);
END
$body$;

-- A row of the ledger before which all were recorded before an instant, and after the next thousand of which all were
-- recorded later; as far as numbers grow with time, which a clock that was set back may spoil.
CREATE FUNCTION ${quota_schema}.quota_row_at(p_at timestamptz) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
AS $body$
DECLARE
    v_low    bigint := (SELECT min(r.id) FROM ${quota_schema}.usage_record r);
    v_high   bigint := (SELECT max(r.id) FROM ${quota_schema}.usage_record r);
    v_middle bigint;
    v_at     timestamptz;
BEGIN
    WHILE v_high - v_low > 1000 LOOP
        v_middle := v_low + (v_high - v_low) / 2;
        SELECT r.recorded_at INTO v_at FROM ${quota_schema}.usage_record r WHERE r.id >= v_middle ORDER BY r.id LIMIT 1;
        IF v_at < p_at THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle;
        END IF;
    END LOOP;
    RETURN coalesce(v_low, 0);
END
$body$;

-- Removes windows that ended p_keep_micros ago, at most p_rows ledger rows in all, in the order of their ends after
-- (p_end, p_id). Counters in other hands are passed over; those in these hands ended long ago, so that no check waits.
--
-- Rows are found by subject and number, among those recorded about the time of the window. That it is all of them is told
-- by R42: they come to what the counter says. If not, all rows of the subject are looked through; and if they still do not,
-- the window stays, for verify to report. Of a window with more rows than p_rows the newest go first, since what is left of a
-- counter's history is then one that there was; last_reset keeps what is left from being corrected.
CREATE FUNCTION ${quota_schema}.quota_prune(
    p_keep_micros bigint, p_end timestamptz, p_id bigint, p_rows integer,
    OUT o_windows bigint, OUT o_records bigint, OUT o_reservations bigint, OUT o_end timestamptz, OUT o_id bigint,
    OUT o_more boolean)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET enable_sort = off -- what has ended is read in the order of its index, and no further than the step goes
    SET enable_hashjoin = off
    SET enable_mergejoin = off
AS $body$
DECLARE
    v_now      CONSTANT timestamptz := ${quota_schema}.quota_now();
    v_before   CONSTANT timestamptz := v_now - p_keep_micros * interval '1 microsecond';
    v_counters bigint[] := '{}'; -- to go
    v_rows     bigint[] := '{}';
    v_holds    uuid[];
    v_seen     integer := 0;
    v_times    timestamptz[] := '{}'; -- of which the rows are known
    v_bounds   bigint[] := '{}';
    v_time     timestamptz;
    v_low      bigint;
    v_high     bigint;
    v_ids      bigint[];
    v_units    bigint;
    v_room     integer;
    v_holding  boolean; -- whether a hold was made in the window
    v_charged  boolean; -- whether it was charged on behalf of a use
    v_whole    boolean; -- whether all rows of the window go at once
    v_sound    boolean; -- whether they come to what the counter says
    c          record;
BEGIN
    o_end := p_end;
    o_id := p_id;
    o_more := false;
    <<windows>>
    FOR c IN
        SELECT u.id, u.subject, u.feature, u.window_start, u.window_end, u.used
          FROM ${quota_schema}.usage_counter u
         WHERE u.window_end < 'infinity' AND u.window_end <= v_before AND (u.window_end, u.id) > (p_end, p_id)
         ORDER BY u.window_end, u.id
           FOR UPDATE SKIP LOCKED
    LOOP
        v_room := p_rows - cardinality(v_rows);
        IF v_room <= 0 OR v_seen >= p_rows THEN
            o_more := true;
            EXIT windows;
        END IF;
        v_seen := v_seen + 1;
        FOREACH v_time IN ARRAY ARRAY[c.window_start - interval '1 hour', c.window_end + interval '1 hour'] LOOP
            IF array_position(v_times, v_time) IS NULL THEN
                v_times := v_times || v_time;
                v_bounds := v_bounds || ${quota_schema}.quota_row_at(v_time);
            END IF;
        END LOOP;
        v_low := v_bounds[array_position(v_times, c.window_start - interval '1 hour')];
        v_high := v_bounds[array_position(v_times, c.window_end + interval '1 hour')] + 1000;
        FOR v_try IN 1 .. 2 LOOP
            SELECT coalesce(array_agg(n.id ORDER BY n.id DESC), '{}'), coalesce(sum(n.amount), 0),
                   bool_or(n.operation = 'HOLD'), bool_or(n.origin_subject IS NOT NULL)
              INTO v_ids, v_units, v_holding, v_charged
              FROM (SELECT r.id, r.amount, r.operation, r.origin_subject FROM ${quota_schema}.usage_record r
                     WHERE r.subject = c.subject AND r.id BETWEEN v_low AND v_high
                       AND r.feature = c.feature AND r.window_start = c.window_start AND r.window_end = c.window_end
                     ORDER BY r.id DESC
                     LIMIT p_rows + 1) n;
            v_whole := cardinality(v_ids) <= p_rows;
            v_sound := v_units = c.used OR (NOT v_whole AND v_units <= c.used);
            EXIT WHEN v_sound;
            v_low := 0;
            v_high := 9223372036854775807;
        END LOOP;
        IF cardinality(v_ids) > v_room AND v_rows <> '{}' THEN
            o_more := true; -- the next step begins with it
            EXIT windows;
        END IF;
        IF NOT v_whole THEN
            v_ids := v_ids[1 : p_rows];
            SELECT sum(r.amount) INTO v_units FROM ${quota_schema}.usage_record r WHERE r.id = ANY (v_ids);
            v_sound := v_units <= c.used;
        END IF;
        IF NOT v_sound
           OR EXISTS ( -- what is held may still be charged there (R36)
               SELECT 1 FROM ${quota_schema}.reservation_line h
                WHERE h.counter = c.id AND h.counted AND h.expires_at > v_now)
           OR v_holding AND EXISTS ( -- a hold made here that still stands in another counter, which lets go of it when it is looked at
               SELECT 1 FROM ${quota_schema}.usage_record r
                 JOIN ${quota_schema}.reservation_line h ON h.reservation = r.dedup
                 JOIN ${quota_schema}.usage_counter o ON o.id = h.counter
                WHERE r.id = ANY (v_ids) AND r.operation = 'HOLD' AND h.counted AND h.counter <> c.id)
           OR v_charged AND EXISTS ( -- charged on behalf of a use that is kept, whose answer and correction need it
               SELECT 1 FROM ${quota_schema}.usage_record r
                 JOIN ${quota_schema}.usage_record o
                   ON o.dedup = ${quota_schema}.quota_dedup(r.origin_subject, r.origin_feature, r.key,
                                    CASE WHEN r.operation = 'COMMIT' THEN E'\ncommit' ELSE '' END)
                WHERE r.id = ANY (v_ids) AND r.origin_subject IS NOT NULL AND o.window_end > v_before)
        THEN
            o_end := c.window_end;
            o_id := c.id;
            CONTINUE windows;
        END IF;
        v_rows := v_rows || v_ids;
        IF NOT v_whole THEN
            UPDATE ${quota_schema}.usage_counter u
               SET used = u.used - v_units, last_reset = greatest(u.last_reset, v_ids[1] + 1)
             WHERE u.id = c.id;
            o_more := true;
            EXIT windows;
        END IF;
        o_end := c.window_end;
        o_id := c.id;
        v_counters := v_counters || c.id;
    END LOOP;
    WITH gone AS (
        DELETE FROM ${quota_schema}.usage_record r WHERE r.id = ANY (v_rows) RETURNING r.operation, r.dedup)
    SELECT count(*), array_agg(g.dedup) FILTER (WHERE g.operation = 'HOLD') INTO o_records, v_holds FROM gone g;
    DELETE FROM ${quota_schema}.reservation_line h WHERE h.reservation = ANY (v_holds);
    WITH gone AS (
        DELETE FROM ${quota_schema}.reservation h WHERE h.id = ANY (v_holds) RETURNING h.id)
    SELECT count(*) INTO o_reservations FROM gone;
    WITH gone AS (
        DELETE FROM ${quota_schema}.usage_counter u WHERE u.id = ANY (v_counters) RETURNING u.id)
    SELECT count(*) INTO o_windows FROM gone;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 14;
