-- Begins another epoch if the shard was begun anew since the instant in ARGV[2]: what was on its way into the ledger then may
-- be missing from what was loaded. ARGV: epoch, instant.
local row = redis.call('HMGET', KEYS[1], 'e', 'a')
if row[1] and row[2] ~= ARGV[2] then
  redis.call('HSET', KEYS[1], 'e', ARGV[1])
end
return 1
