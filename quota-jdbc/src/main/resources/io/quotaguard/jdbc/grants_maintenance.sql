-- What a role needs to remove what is past its retention, and nothing else: of the ledger it may read and remove rows, but
-- neither edit nor add any. UPDATE lets it lock counters and alerts, and lower a counter whose rows go in several steps.
GRANT USAGE ON SCHEMA ${quota_schema} TO ${role};
GRANT SELECT, DELETE ON ${quota_schema}.usage_record TO ${role};
GRANT SELECT, DELETE ON ${quota_schema}.reservation, ${quota_schema}.reservation_line TO ${role};
GRANT SELECT, UPDATE, DELETE ON ${quota_schema}.usage_counter, ${quota_schema}.quota_alert TO ${role};
GRANT EXECUTE ON FUNCTION
    ${quota_schema}.quota_now(), ${quota_schema}.quota_dedup(text, text, text, text), ${quota_schema}.quota_row_at(timestamptz),
    ${quota_schema}.quota_prune(bigint, timestamptz, bigint, integer)
    TO ${role};
