-- Takes over a revision that was read from the ledger's store, unless one has been fenced since it was asked for.
-- ARGV: field, revision, the count of fences then.
if (redis.call('HGET', KEYS[1], 'n') or '0') == ARGV[3] then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  return 1
end
return 0
