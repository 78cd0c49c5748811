-- Returns the name of the books; there are none yet, or any more, when it is empty. ARGV: a new name, whether to begin books
-- when there are none.
local name = redis.call('HGET', KEYS[1], 'i')
if not name and ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], 'i', ARGV[1], 'n', '0', 't', '0')
  name = ARGV[1]
end
return name or ''
