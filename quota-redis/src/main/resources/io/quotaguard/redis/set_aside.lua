-- Moves an entry that the ledger did not take from one stream to another, for nothing when somebody else has, or has posted it.
-- ARGV: its number.
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then
  return 0
end
redis.call('XADD', KEYS[2], '*', unpack(entry[2]))
return redis.call('XDEL', KEYS[1], ARGV[1])
