-- Begins the shard's epoch, unless it has one. From now on every key of a plain use is known here.
if redis.call('HSETNX', KEYS[1], 'e', ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], 'b', string.format('%.0f', now))
end
return redis.call('HGET', KEYS[1], 'e')
