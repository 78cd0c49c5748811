-- Begins another epoch, so that every subject is loaded anew. Keys stay known.
if redis.call('HEXISTS', KEYS[1], 'e') == 1 then
  redis.call('HSET', KEYS[1], 'e', ARGV[1])
end
return 1
