-- Takes down the fence of a revision unless it is another's: from now on the revision is to be read anew, and one that was
-- read meanwhile is not learned; also when Redis has lost the fence since, and somebody has learned what was being changed.
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or (string.sub(known, 1, 1) ~= '!' or string.find(known, '!' .. ARGV[2] .. ':', 1, true) == 1) then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HINCRBY', KEYS[1], 'n', 1)
end
return 1
