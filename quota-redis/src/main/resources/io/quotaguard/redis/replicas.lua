-- Writes something after what was decided, so that replicas that have this have that, too. Nothing when the server goes on
-- with another history than the one in ARGV, which may lack what was decided.
if lineage ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'w', '1')
return 1
