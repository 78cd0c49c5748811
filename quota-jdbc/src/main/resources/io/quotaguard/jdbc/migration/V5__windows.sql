-- Windows in SQL, for whoever works from psql: the same rules (R14 to R17) as the library applies in the JVM, over the
-- server's own time zone data. No decision of the library itself depends on these.

-- What the zone's clock shows. An offset says that the clock never changes, and then the name is not looked at.
CREATE FUNCTION ${quota_schema}.quota_local(p_zone text, p_offset integer, p_at timestamptz) RETURNS timestamp
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT CASE WHEN p_offset IS NULL THEN p_at AT TIME ZONE p_zone
                ELSE (p_at AT TIME ZONE 'UTC') + p_offset * interval '1 second' END
$body$;

-- The first instant at which the zone's clock shows the local time or a later one (R16): of a time that occurs twice the
-- earlier, and for a time that is skipped the skip itself.
CREATE FUNCTION ${quota_schema}.quota_instant(p_zone text, p_offset integer, p_local timestamp) RETURNS timestamptz
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    v_utc    CONSTANT timestamptz := p_local AT TIME ZONE 'UTC';
    v_guess  timestamptz;
    v_before timestamptz; -- the instant, if the offset before the nearest change holds
    v_after  timestamptz; -- the instant, if the one after it does
    v_low    bigint;
    v_high   bigint;
    v_middle bigint;
BEGIN
    IF p_offset IS NOT NULL THEN
        RETURN v_utc - p_offset * interval '1 second';
    END IF;
    v_guess := p_local AT TIME ZONE p_zone;
    -- A clock may skip a whole day, so the offsets are asked for a little more than a day to either side.
    v_before := v_utc - (((v_guess - interval '25 hours') AT TIME ZONE p_zone)
                         - ((v_guess - interval '25 hours') AT TIME ZONE 'UTC'));
    v_after := v_utc - (((v_guess + interval '25 hours') AT TIME ZONE p_zone)
                        - ((v_guess + interval '25 hours') AT TIME ZONE 'UTC'));
    IF v_before AT TIME ZONE p_zone = p_local THEN
        RETURN CASE WHEN v_after < v_before AND v_after AT TIME ZONE p_zone = p_local THEN v_after ELSE v_before END;
    ELSIF v_after AT TIME ZONE p_zone = p_local THEN
        RETURN v_after;
    ELSIF v_guess AT TIME ZONE p_zone = p_local THEN
        RETURN v_guess;
    END IF;
    -- Skipped: the change lies between the two, at a whole second.
    v_low := floor(extract(epoch FROM least(v_before, v_after)));
    v_high := ceil(extract(epoch FROM greatest(v_before, v_after)));
    WHILE v_high - v_low > 1 LOOP
        v_middle := (v_low + v_high) / 2;
        IF to_timestamp(v_middle) AT TIME ZONE p_zone < p_local THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle;
        END IF;
    END LOOP;
    RETURN to_timestamp(v_high);
END
$body$;

-- The window of a period that an instant falls in, counted from one anchor (R15).
CREATE FUNCTION ${quota_schema}.quota_anchored_window(
    p_period text, p_zone text, p_offset integer, p_origin timestamp, p_at timestamptz,
    OUT o_start timestamptz, OUT o_end timestamptz)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    v_local  timestamp;
    v_length bigint;
    v_unit   interval;
    n        bigint;
BEGIN
    IF p_period = 'never' THEN
        o_start := 'epoch';
        o_end := 'infinity';
        RETURN;
    END IF;
    v_unit := CASE p_period WHEN 'daily' THEN interval '1 day' WHEN 'weekly' THEN interval '7 days'
                            WHEN 'monthly' THEN interval '1 month' WHEN 'yearly' THEN interval '12 months' END;
    IF v_unit IS NULL THEN
        v_length := CASE p_period WHEN 'hourly' THEN 3600 ELSE extract(epoch FROM p_period::interval) END;
        o_start := ${quota_schema}.quota_instant(p_zone, p_offset, p_origin);
        n := floor(extract(epoch FROM p_at - o_start) / v_length);
        o_start := o_start + n * v_length * interval '1 second';
        o_end := o_start + v_length * interval '1 second';
        RETURN;
    END IF;
    -- A guess, then as many steps as it is off; boundaries that fall together are passed over, so no window is empty.
    v_local := ${quota_schema}.quota_local(p_zone, p_offset, p_at);
    n := CASE WHEN p_period IN ('daily', 'weekly')
              THEN floor(extract(epoch FROM v_local - p_origin) / extract(epoch FROM v_unit))
              ELSE floor(((extract(year FROM v_local) - extract(year FROM p_origin)) * 12
                          + extract(month FROM v_local) - extract(month FROM p_origin))
                         / CASE p_period WHEN 'yearly' THEN 12 ELSE 1 END) END;
    o_start := ${quota_schema}.quota_instant(p_zone, p_offset, p_origin + n * v_unit);
    WHILE o_start > p_at LOOP
        n := n - 1;
        o_start := ${quota_schema}.quota_instant(p_zone, p_offset, p_origin + n * v_unit);
    END LOOP;
    o_end := ${quota_schema}.quota_instant(p_zone, p_offset, p_origin + (n + 1) * v_unit);
    WHILE o_end <= p_at LOOP
        n := n + 1;
        o_start := o_end;
        o_end := ${quota_schema}.quota_instant(p_zone, p_offset, p_origin + (n + 1) * v_unit);
    END LOOP;
END
$body$;

-- The window of a period that an instant falls in, for a subject with all its changes of zone and anchor (R17).
CREATE FUNCTION ${quota_schema}.quota_window(
    p_subject text, p_period text, p_at timestamptz, OUT o_start timestamptz, OUT o_end timestamptz)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    v_zone   text := 'UTC';
    v_offset integer := 0;
    v_origin timestamp := '2024-01-01';
    v_since  timestamptz;
    v_end    timestamptz;
    v_anchor record;
BEGIN
    FOR v_anchor IN
        SELECT a.zone, a.offset_seconds, a.origin, a.changed_at FROM ${quota_schema}.subscription_anchor a
         WHERE a.subject = p_subject ORDER BY a.position
    LOOP
        -- A change made before the pending one took effect replaces it: both wait for the same window's end.
        IF v_anchor.changed_at IS NOT NULL AND (v_since IS NULL OR v_anchor.changed_at >= v_since) THEN
            SELECT w.o_end INTO v_end
              FROM ${quota_schema}.quota_anchored_window(p_period, v_zone, v_offset, v_origin, v_anchor.changed_at) w;
            EXIT WHEN p_at < v_end;
            v_since := v_end;
        END IF;
        v_zone := v_anchor.zone;
        v_offset := v_anchor.offset_seconds;
        v_origin := v_anchor.origin;
    END LOOP;
    SELECT w.o_start, w.o_end INTO o_start, o_end
      FROM ${quota_schema}.quota_anchored_window(p_period, v_zone, v_offset, v_origin, p_at) w;
    o_start := greatest(o_start, v_since);
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 5;
