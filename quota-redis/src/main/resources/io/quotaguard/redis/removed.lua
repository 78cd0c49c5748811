-- Notes that windows that had ended by ARGV[1], in milliseconds, may have been removed from the ledger.
local known = tonumber(redis.call('HGET', KEYS[1], 'u') or '-1')
if tonumber(ARGV[1]) > known then
  redis.call('HSET', KEYS[1], 'u', ARGV[1])
end
return 1
