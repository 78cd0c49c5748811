-- Tells whether a subject's catalog, read earlier, is the one in force: the subject is loaded with its revision, and the shard
-- knows the revisions that it was read with. ARGV: the subject's revision, and the others, each after its field.
local epoch = redis.call('HGET', KEYS[1], 'e')
local row = redis.call('HMGET', KEYS[2], 'e', 'r')
if not epoch or row[1] ~= epoch or row[2] ~= ARGV[1] then
  return 0
end
for i = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) ~= ARGV[i + 1] then
    return 0
  end
end
return 1
