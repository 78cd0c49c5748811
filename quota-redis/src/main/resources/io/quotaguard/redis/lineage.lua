-- Which history of writes this server goes on with. A restart begins another one, and so does the promotion of a replica:
-- what was acknowledged last may be missing from it (F1). No file and no replica can bring the old name back.
local replication, LABEL, DIGITS = redis.call('INFO', 'replication'), 'master_replid:', 40
local label_at = string.find(replication, LABEL, 1, true)
local lineage = string.sub(replication, label_at + #LABEL, label_at + #LABEL + DIGITS - 1)
