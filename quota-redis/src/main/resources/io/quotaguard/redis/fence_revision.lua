-- Keeps everybody from deciding by a revision of the catalog while it is being changed, until ARGV[3] microseconds from now:
-- whoever changes it may be gone. ARGV: field, token, how long, and whether to respect another's fence.
local known = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[4] == '1' and known and string.sub(known, 1, 1) == '!' and now < tonumber(string.match(known, ':(%d+)$')) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], '!' .. ARGV[2] .. ':' .. string.format('%.0f', now + tonumber(ARGV[3])))
redis.call('HINCRBY', KEYS[1], 'n', 1)
return 1
