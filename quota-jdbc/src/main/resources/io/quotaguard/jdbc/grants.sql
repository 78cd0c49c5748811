-- What a role needs to work with the schema, and nothing else. The ledger and the audit are appended to, never edited; the
-- numbers of rows come from identity columns, which need no right of their own.
GRANT USAGE ON SCHEMA ${quota_schema} TO ${role};
GRANT SELECT ON ${quota_schema}.schema_info, ${quota_schema}.quota_overview TO ${role};
GRANT SELECT, INSERT ON ${quota_schema}.catalog_change, ${quota_schema}.usage_record TO ${role};
GRANT SELECT, INSERT ON ${quota_schema}.plan_version, ${quota_schema}.plan_feature TO ${role};
GRANT SELECT, INSERT, UPDATE ON ${quota_schema}.plan, ${quota_schema}.default_plan TO ${role};
GRANT SELECT, INSERT, UPDATE ON ${quota_schema}.subscriber, ${quota_schema}.subscription TO ${role};
GRANT SELECT, INSERT, DELETE ON ${quota_schema}.subscription_phase, ${quota_schema}.subscription_anchor TO ${role};
GRANT SELECT, INSERT, DELETE ON ${quota_schema}.feature_override TO ${role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ${quota_schema}.membership, ${quota_schema}.usage_counter TO ${role};
GRANT SELECT, INSERT, UPDATE ON ${quota_schema}.usage_grant TO ${role};
GRANT SELECT, INSERT, UPDATE ON ${quota_schema}.reservation, ${quota_schema}.reservation_line TO ${role};
GRANT SELECT, INSERT, UPDATE ON ${quota_schema}.quota_alert TO ${role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${quota_schema} TO ${role};
