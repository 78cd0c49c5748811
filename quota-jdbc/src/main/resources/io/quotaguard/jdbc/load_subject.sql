-- Everything in the catalog that bears on one subject, as of one snapshot, in the shape that CatalogJson reads.
WITH phase AS (
    SELECT * FROM ${quota_schema}.subscription_phase WHERE subject = :subject),
chosen AS (
    SELECT plan_code, revision FROM ${quota_schema}.default_plan),
wanted AS (
    SELECT p.code, p.version, true AS current FROM ${quota_schema}.plan p
     WHERE p.code IN (SELECT plan_code FROM phase UNION ALL SELECT plan_code FROM chosen)
    UNION
    SELECT plan_code, pinned_version, false FROM phase WHERE pinned_version IS NOT NULL)
SELECT jsonb_build_object(
    'revision', coalesce((SELECT revision FROM ${quota_schema}.subscriber WHERE subject = :subject), 0),
    'phases', (SELECT jsonb_agg(jsonb_build_object(
                      'plan', plan_code, 'pinnedVersion', pinned_version, 'at', asked_at, 'start', starts) ORDER BY position)
                 FROM phase),
    'anchors', (SELECT jsonb_agg(jsonb_build_object('zone', zone, 'origin', origin, 'changedAt', changed_at) ORDER BY position)
                  FROM ${quota_schema}.subscription_anchor WHERE subject = :subject),
    'overrides', (SELECT jsonb_agg(jsonb_build_object(
                         'feature', feature, 'limit', limit_units, 'thresholds', thresholds,
                         'failurePolicy', failure_policy, 'expiresAt', expires_at) ORDER BY feature)
                    FROM ${quota_schema}.feature_override WHERE subject = :subject),
    'defaultPlan', (SELECT plan_code FROM chosen),
    'defaultRevision', coalesce((SELECT revision FROM chosen), 0),
    'plans', (SELECT jsonb_agg(jsonb_build_object(
                     'code', v.code, 'version', v.version, 'displayName', v.display_name, 'active', v.active,
                     'current', w.current, 'features', f.features))
                FROM wanted w
                JOIN ${quota_schema}.plan_version v ON v.code = w.code AND v.version = w.version
               CROSS JOIN LATERAL (
                     SELECT jsonb_agg(jsonb_build_object(
                                'feature', feature, 'limit', limit_units, 'period', period, 'thresholds', thresholds,
                                'failurePolicy', failure_policy) ORDER BY position) AS features
                       FROM ${quota_schema}.plan_feature WHERE code = v.code AND version = v.version) f)
    )::text
