-- Tells whether a subject's catalog, read earlier, is the one in force: the subject is loaded with its revision, and the shard
-- knows the revisions that it was read with. ARGV: the subject's revision, and the others, each after its field.
local shard = redis.call('HMGET', KEYS[1], 'e', 'v')
local row = redis.call('HMGET', KEYS[2], 'e', 'r')
if not shard[1] or shard[2] ~= lineage or row[1] ~= shard[1] or row[2] ~= ARGV[1] then
  return 0
end
for i = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) ~= ARGV[i + 1] then
    return 0
  end
end
return 1
