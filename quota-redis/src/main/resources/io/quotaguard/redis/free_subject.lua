-- Takes down the fence of a subject, if it is still the one with the token. Whoever asks next loads the subject, unless
-- nothing changed: then ARGV[2] is 1, and what was laid aside is taken up again. When it is 0, and Redis has lost the fence,
-- somebody may have loaded what its owner was changing, or be about to behind a fence of his own ('x'); 2 is for a fence that
-- may have come back after its end, and 3 for one behind which nothing changed, since the use was by an old revision: it comes
-- back, and the next change gives way to it.
local MOMENT_MILLIS = 1000

local fence = redis.call('HMGET', KEYS[2], 'f', 't', 'w', 'd', 's', 'x')
if fence[1] ~= ARGV[1] then
  if ARGV[2] == '0' and fence[1] then
    redis.call('HSET', KEYS[2], 'x', 1)
  elseif ARGV[2] == '0' then
    redis.call('DEL', KEYS[2], KEYS[3])
  end
  return 0
end
local told_old = tonumber(fence[5] or '0') + (ARGV[2] == '3' and 1 or 0)
redis.call('DEL', KEYS[2])
if not fence[6] and (ARGV[2] == '1' or ARGV[2] == '3') and redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('RENAME', KEYS[3], KEYS[2])
  redis.call('HSET', KEYS[2], 'w', fence[3], 'd', fence[4], 's', told_old)
  redis.call('PEXPIRE', KEYS[2], fence[2])
  return 1
end
redis.call('DEL', KEYS[3])
if fence[3] ~= '0' or told_old > 0 then
  redis.call('HSET', KEYS[2], 'w', fence[3], 'd', fence[4], 's', told_old)
  redis.call('PEXPIRE', KEYS[2], MOMENT_MILLIS)
end
return 1
