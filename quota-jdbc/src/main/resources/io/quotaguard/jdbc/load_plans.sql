-- Versions of plans, in the shape that CatalogJson reads. A null code means every plan, a null version the current one.
SELECT jsonb_build_object(
           'code', v.code, 'version', v.version, 'displayName', v.display_name, 'active', v.active,
           'features', (SELECT jsonb_agg(jsonb_build_object(
                                   'feature', feature, 'limit', limit_units, 'period', period, 'thresholds', thresholds,
                                   'failurePolicy', failure_policy) ORDER BY position)
                          FROM ${quota_schema}.plan_feature WHERE code = v.code AND version = v.version)
       )::text AS plan
  FROM ${quota_schema}.plan p
  JOIN ${quota_schema}.plan_version v ON v.code = p.code AND v.version = coalesce(:version, p.version)
 WHERE p.code = coalesce(:code, p.code)
 ORDER BY v.code
