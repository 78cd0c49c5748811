-- The catalog as the library reads it: plans and everything that bears on one subject, as JSON in the shape of CatalogJson; and
-- what stands in the way of a plan's end.

-- The plan that is in force where a plan is named: itself, or the first of its fallbacks that is not deleted. None when
-- that leads nowhere. Fallbacks have no cycles; the bound only keeps a broken catalog from hanging a call.
CREATE FUNCTION ${quota_schema}.quota_plan_in_force(
    p_code text, OUT o_code text, OUT o_version bigint, OUT o_active boolean)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    v_code text := p_code;
    v_plan record;
BEGIN
    FOR step IN 0 .. 32 LOOP
        SELECT g.version, g.status, g.fallback INTO v_plan FROM ${quota_schema}.plan g WHERE g.code = v_code;
        EXIT WHEN NOT FOUND;
        IF v_plan.status <> 'DELETED' THEN
            o_code := v_code;
            o_version := v_plan.version;
            o_active := v_plan.status = 'ACTIVE';
            RETURN;
        END IF;
        v_code := v_plan.fallback;
    END LOOP;
END
$body$;

-- The versions of plans that bear on a subject: the current one of every plan that its phases or its term name, of the
-- default plan, and of whatever takes the place of a deleted one among them; and those that it is pinned to.
CREATE FUNCTION ${quota_schema}.quota_named_plans(p_subject text)
RETURNS TABLE (o_code text, o_version bigint, o_current boolean)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    WITH RECURSIVE named AS (
        SELECT p.plan_code AS code FROM ${quota_schema}.subscription_phase p WHERE p.subject = p_subject
        UNION
        SELECT s.fallback FROM ${quota_schema}.subscription s WHERE s.subject = p_subject
        UNION
        SELECT d.plan_code FROM ${quota_schema}.default_plan d
        UNION
        SELECT g.fallback
          FROM named n
          JOIN ${quota_schema}.plan g ON g.code = n.code
         WHERE g.status = 'DELETED')
    SELECT g.code, g.version, true
      FROM named n
      JOIN ${quota_schema}.plan g ON g.code = n.code
    UNION
    SELECT p.plan_code, p.pinned_version, false
      FROM ${quota_schema}.subscription_phase p
     WHERE p.subject = p_subject AND p.pinned_version IS NOT NULL
$body$;

CREATE FUNCTION ${quota_schema}.quota_plan_json(p_code text, p_version bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT jsonb_build_object(
               'code', v.code, 'version', v.version, 'status', v.status, 'fallback', v.fallback,
               'displayName', v.display_name, 'description', v.description,
               'price', v.price_amount::text, 'currency', v.price_currency, 'billingCycle', v.billing_cycle,
               'displayOrder', v.display_order,
               'features', (SELECT jsonb_agg(jsonb_build_object(
                                       'feature', f.feature, 'limit', f.limit_units, 'period', f.period,
                                       'thresholds', f.thresholds, 'overage', f.overage, 'failurePolicy', f.failure_policy,
                                       'displayName', f.display_name, 'unit', f.unit,
                                       'drawCredits', f.draw_credits, 'drawRate', f.draw_rate) ORDER BY f.position)
                              FROM ${quota_schema}.plan_feature f WHERE f.code = v.code AND f.version = v.version))
      FROM ${quota_schema}.plan_version v
     WHERE v.code = p_code AND v.version = p_version
$body$;

CREATE FUNCTION ${quota_schema}.quota_override_json(o ${quota_schema}.feature_override) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT jsonb_build_object(
               'subject', o.subject, 'feature', o.feature, 'limit', o.limit_units, 'period', o.period,
               'thresholds', o.thresholds, 'overage', o.overage, 'failurePolicy', o.failure_policy,
               'expiresAt', o.expires_at)
$body$;

-- Everything that bears on one subject, as of one snapshot.
CREATE FUNCTION ${quota_schema}.quota_subject_catalog(p_subject text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT jsonb_build_object(
        'subject', p_subject,
        'revision', coalesce((SELECT s.revision FROM ${quota_schema}.subscriber s WHERE s.subject = p_subject), 0),
        'subscription', (
            SELECT jsonb_build_object(
                       'startedAt', s.started_at,
                       'kind', s.term_kind, 'cycle', s.term_cycle, 'endsAt', s.ends_at,
                       'cancelledFrom', s.cancelled_from, 'fallback', s.fallback,
                       'phases', (SELECT jsonb_agg(jsonb_build_object(
                                             'plan', p.plan_code, 'pinnedVersion', p.pinned_version,
                                             'at', p.asked_at, 'start', p.starts) ORDER BY p.position)
                                    FROM ${quota_schema}.subscription_phase p WHERE p.subject = s.subject),
                       'anchors', (SELECT jsonb_agg(jsonb_build_object(
                                              'zone', a.zone, 'origin', a.origin, 'changedAt', a.changed_at)
                                              ORDER BY a.position)
                                     FROM ${quota_schema}.subscription_anchor a WHERE a.subject = s.subject))
              FROM ${quota_schema}.subscription s WHERE s.subject = p_subject),
        'overrides', (SELECT jsonb_agg(${quota_schema}.quota_override_json(o) ORDER BY o.feature)
                        FROM ${quota_schema}.feature_override o WHERE o.subject = p_subject),
        'pool', (SELECT m.pool FROM ${quota_schema}.membership m WHERE m.subject = p_subject),
        'granted', (SELECT jsonb_agg(DISTINCT g.feature)
                      FROM ${quota_schema}.usage_grant g WHERE g.subject = p_subject AND g.voided_at IS NULL),
        'defaultPlan', (SELECT d.plan_code FROM ${quota_schema}.default_plan d),
        'defaultRevision', coalesce((SELECT d.revision FROM ${quota_schema}.default_plan d), 0),
        'plans', (SELECT jsonb_agg(${quota_schema}.quota_plan_json(g.o_code, g.o_version)
                                   || jsonb_build_object('current', g.o_current))
                    FROM ${quota_schema}.quota_named_plans(p_subject) g))
$body$;

-- A subject's counters whose windows have not ended; null when there are none. What is held no longer counts from the
-- instant on at which it expires, also while nobody has put the counter right (R35).
CREATE FUNCTION ${quota_schema}.quota_open_counters(p_subject text, p_now timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT jsonb_agg(jsonb_build_object(
               'feature', c.feature, 'start', c.window_start, 'end', nullif(c.window_end, 'infinity'),
               'used', c.used, 'held', c.held - CASE WHEN c.held_until > p_now THEN 0 ELSE (
                   SELECT coalesce(sum(l.units), 0)
                     FROM ${quota_schema}.reservation_line l
                    WHERE l.counter = c.id AND l.counted AND l.expires_at <= p_now) END,
               'fired', c.fired) ORDER BY c.feature, c.window_start)
      FROM ${quota_schema}.usage_counter c
     WHERE c.subject = p_subject AND c.window_end > p_now
$body$;

-- The names under which subjects may have a plan: its own, and those of deleted plans that it has taken the place of.
CREATE FUNCTION ${quota_schema}.quota_plan_names(p_code text) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $body$
    WITH RECURSIVE replaced AS (
        SELECT p_code COLLATE "C" AS code
        UNION
        SELECT g.code
          FROM replaced r
          JOIN ${quota_schema}.plan g ON g.fallback = r.code
         WHERE g.status = 'DELETED')
    SELECT array_agg(code) FROM replaced
$body$;

-- What still needs a plan that is to be deleted without another in its place, for people; null when nothing does. Whoever
-- has a plan that was replaced by this one needs it too.
--
-- A phase is over once the phase after it has taken over for each of its features, and of a subscription that has ended
-- only the plan after it counts. The first one found decides, and each is looked up by index.
CREATE FUNCTION ${quota_schema}.quota_plan_user(p_code text) RETURNS text
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
AS $body$
DECLARE
    v_now     CONSTANT timestamptz := ${quota_schema}.quota_now();
    v_codes   CONSTANT text[] := ${quota_schema}.quota_plan_names(p_code);
BEGIN
    RETURN coalesce(
        (SELECT 'the default plan' FROM ${quota_schema}.default_plan d WHERE d.plan_code = ANY (v_codes)),
        (SELECT 'the fallback of plan ' || g.code
           FROM ${quota_schema}.plan g
          WHERE g.fallback = ANY (v_codes) AND g.status <> 'DELETED'
          ORDER BY g.code LIMIT 1),
        (SELECT 'subject ' || s.subject
           FROM ${quota_schema}.subscription s
          WHERE s.fallback = ANY (v_codes) LIMIT 1),
        (SELECT 'subject ' || p.subject
           FROM ${quota_schema}.subscription_phase p
           JOIN ${quota_schema}.subscription s ON s.subject = p.subject
          WHERE p.plan_code = ANY (v_codes)
            AND coalesce(least(s.ends_at, s.cancelled_from), 'infinity') > v_now
            AND NOT EXISTS (
                SELECT 1
                  FROM ${quota_schema}.subscription_phase n
                 WHERE n.subject = p.subject AND n.position = p.position + 1 AND n.asked_at <= v_now
                   AND (n.starts = 'NOW' OR NOT EXISTS (
                        SELECT 1
                          FROM ${quota_schema}.plan g
                          JOIN ${quota_schema}.plan_feature f
                            ON f.code = g.code AND f.version = coalesce(p.pinned_version, g.version)
                         CROSS JOIN LATERAL ${quota_schema}.quota_window(p.subject, f.period, n.asked_at) w
                         WHERE g.code = p.plan_code AND w.o_end > v_now AND w.o_end < 'infinity')))
          LIMIT 1));
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 6;
