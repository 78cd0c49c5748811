-- Takes down the fence of a subject, if it is still the one with the token. Whoever asks next loads the subject, unless
-- nothing changed: then ARGV[2] is 1, and what was laid aside is taken up again.
local MOMENT_MILLIS = 1000

local fence = redis.call('HMGET', KEYS[2], 'f', 't', 'w', 'd')
if fence[1] ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[2])
if ARGV[2] == '1' and redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('RENAME', KEYS[3], KEYS[2])
  redis.call('HSET', KEYS[2], 'w', fence[3], 'd', fence[4])
  redis.call('PEXPIRE', KEYS[2], fence[2])
  return 1
end
redis.call('DEL', KEYS[3])
if fence[3] ~= '0' then
  redis.call('HSET', KEYS[2], 'w', fence[3], 'd', fence[4])
  redis.call('PEXPIRE', KEYS[2], MOMENT_MILLIS)
end
return 1
