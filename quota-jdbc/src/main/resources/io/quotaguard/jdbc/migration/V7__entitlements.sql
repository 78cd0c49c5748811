-- What a subject may do with a feature at an instant, resolved in SQL by the library's own rules (R4, R21, R23, R24, R41), and
-- the revisions on which that depends.
CREATE FUNCTION ${quota_schema}.quota_entitlement(
    p_subject text, p_feature text, p_at timestamptz,
    OUT o_standing text, OUT o_limit bigint, OUT o_ceiling bigint, OUT o_period text, OUT o_thresholds integer[],
    OUT o_source text, OUT o_source_plan text, OUT o_source_version bigint,
    OUT o_start timestamptz, OUT o_end timestamptz, OUT o_valid_until timestamptz,
    OUT o_subject_revision bigint, OUT o_plan text, OUT o_plan_version bigint, OUT o_default_revision bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    -- the phases of this feature, each from its own start; they follow each other in time
    v_from  timestamptz[] := '{}';
    v_plans text[] := '{}';
    v_pins  bigint[] := '{}';
    v_place integer;
    v_start timestamptz;
    v_end      timestamptz; -- when the subscription ends, null when it does not
    v_fallback text;
    v_named    text;        -- the plan that is named for this instant, which may be deleted
    v_pin      bigint;
    v_overage  text;
    v_terms_version bigint;
    v_active   boolean;
    v_phase    record;
    v_terms    record;
    v_override record;
BEGIN
    o_subject_revision := coalesce(
        (SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = p_subject), 0);
    o_default_revision := -1;
    o_valid_until := 'infinity';
    FOR v_phase IN
        SELECT p.plan_code, p.pinned_version, p.asked_at, p.starts FROM ${quota_schema}.subscription_phase p
         WHERE p.subject = p_subject ORDER BY p.position
    LOOP
        v_start := CASE WHEN v_from = '{}' THEN '-infinity' ELSE v_phase.asked_at END;
        IF v_from <> '{}' AND v_phase.starts = 'AT_WINDOW_END' THEN
            -- What the plan before does not offer has no window to wait for, nor has a window without an end.
            v_place := (SELECT count(*) FROM unnest(v_from) f WHERE f <= v_phase.asked_at);
            SELECT w.o_end INTO v_start
              FROM ${quota_schema}.plan_feature f
              JOIN ${quota_schema}.plan g ON g.code = f.code
             CROSS JOIN LATERAL ${quota_schema}.quota_window(p_subject, f.period, v_phase.asked_at) w
             WHERE f.code = v_plans[v_place] AND f.version = coalesce(v_pins[v_place], g.version)
               AND f.feature = p_feature AND w.o_end < 'infinity';
            v_start := coalesce(v_start, v_phase.asked_at);
        END IF;
        -- A phase asked for later replaces those that would not have started by then.
        v_place := (SELECT count(*) FROM unnest(v_from) f WHERE f < v_start);
        v_from := v_from[1:v_place] || v_start;
        v_plans := v_plans[1:v_place] || v_phase.plan_code;
        v_pins := v_pins[1:v_place] || v_phase.pinned_version;
    END LOOP;
    SELECT least(s.ends_at, s.cancelled_from), s.fallback INTO v_end, v_fallback
      FROM ${quota_schema}.subscription s WHERE s.subject = p_subject;
    IF v_from <> '{}' AND (v_end IS NULL OR p_at < v_end) THEN
        v_place := (SELECT greatest(1, count(*)) FROM unnest(v_from) f WHERE f <= p_at);
        v_named := v_plans[v_place];
        v_pin := v_pins[v_place];
        o_valid_until := least(v_from[v_place + 1], v_end, 'infinity');
        o_source := 'PLAN';
    ELSIF v_fallback IS NOT NULL THEN
        v_named := v_fallback;
        o_source := 'PLAN';
    ELSIF EXISTS (SELECT 1 FROM ${quota_schema}.membership m WHERE m.subject = p_subject) THEN
        o_source := 'NONE'; -- R40: who is in a pool has what the pool gives
    ELSE
        SELECT d.plan_code, d.revision INTO v_named, o_default_revision FROM ${quota_schema}.default_plan d;
        o_default_revision := coalesce(o_default_revision, 0);
        o_source := 'DEFAULT';
    END IF;
    SELECT g.o_code, g.o_version, g.o_active INTO o_plan, o_plan_version, v_active
      FROM ${quota_schema}.quota_plan_in_force(v_named) g;
    -- Who is pinned to a version of a plan that is gone follows the plan in its place.
    v_terms_version := CASE WHEN o_plan = v_named THEN v_pin END;
    o_plan_version := coalesce(o_plan_version, 0);
    v_terms_version := coalesce(v_terms_version, o_plan_version);
    o_source_plan := o_plan;
    o_source_version := v_terms_version;
    SELECT f.limit_units, f.period, f.thresholds, f.overage INTO v_terms FROM ${quota_schema}.plan_feature f
     WHERE f.code = o_plan AND f.version = v_terms_version AND f.feature = p_feature;
    o_standing := CASE
        WHEN v_active IS NULL OR NOT EXISTS (
             SELECT 1 FROM ${quota_schema}.plan_version v WHERE v.code = o_plan AND v.version = v_terms_version) THEN 'NO_PLAN'
        WHEN NOT v_active THEN 'PLAN_INACTIVE'
        WHEN v_terms.period IS NULL THEN 'NO_FEATURE'
        ELSE 'GRANTED' END;
    IF o_standing = 'NO_PLAN' THEN
        o_source := 'NONE';
        o_source_plan := NULL;
        o_source_version := 0;
    END IF;
    IF o_standing = 'GRANTED' THEN
        o_limit := v_terms.limit_units;
        o_period := v_terms.period;
        o_thresholds := v_terms.thresholds;
        v_overage := v_terms.overage;
        SELECT v.limit_units, v.period, v.thresholds, v.overage, v.expires_at INTO v_override
          FROM ${quota_schema}.feature_override v
         WHERE v.subject = p_subject AND v.feature = p_feature AND (v.expires_at IS NULL OR p_at < v.expires_at);
        IF FOUND THEN
            o_source := CASE WHEN v_override.limit_units IS NULL THEN o_source ELSE 'OVERRIDE' END;
            o_limit := coalesce(v_override.limit_units, o_limit);
            o_period := coalesce(v_override.period, o_period);
            v_overage := coalesce(v_override.overage, v_overage);
            o_thresholds := coalesce(v_override.thresholds, o_thresholds);
            o_valid_until := least(o_valid_until, v_override.expires_at);
        END IF;
        o_ceiling := ${quota_schema}.quota_ceiling(o_limit, v_overage);
    ELSE
        o_limit := 0;
        o_ceiling := 0;
        o_period := 'never';
        o_thresholds := '{}';
    END IF;
    SELECT w.o_start, w.o_end INTO o_start, o_end FROM ${quota_schema}.quota_window(p_subject, o_period, p_at) w;
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 7;
