-- Takes down the fence of a revision unless it is another's: from now on the revision is to be read anew; also when Redis has
-- lost the fence since, and somebody has learned what its owner was changing.
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and (string.sub(known, 1, 1) ~= '!' or string.find(known, '!' .. ARGV[2] .. ':', 1, true) == 1) then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1
