-- Which history of writes this server goes on with. A restart begins another one, and so does the promotion of a replica:
-- what was acknowledged last may be missing from it (F1). No file and no replica can bring the old name back.
local lineage = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
