-- Versions of plans: of one plan or, for a null code, of every plan that is not deleted; one version or, for a null one, the
-- current one.
SELECT ${quota_schema}.quota_plan_json(p.code, coalesce(:version, p.version))::text AS plan
  FROM ${quota_schema}.plan p
 WHERE p.code = coalesce(:code, p.code) AND (:code::text IS NOT NULL OR p.status <> 'DELETED')
 ORDER BY p.code
