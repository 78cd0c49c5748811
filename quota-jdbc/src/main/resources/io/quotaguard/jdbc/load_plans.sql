-- Versions of plans: of one plan or, for a null code, of every plan that is not deleted; one version or, for a null one, the
-- current one.
SELECT ${quota_schema}.quota_plan_json(v.code, v.version)::text AS plan
  FROM ${quota_schema}.plan p
  JOIN ${quota_schema}.plan_version v ON v.code = p.code AND v.version = coalesce(:version, p.version)
 WHERE p.code = coalesce(:code, p.code) AND (:code::text IS NOT NULL OR p.status <> 'DELETED')
 ORDER BY p.code
