-- Takes down the fence of a subject, with what the ledger's store has of it in its place; for nothing when the fence, or the
-- shard's epoch, is not the one any more. ARGV: token, epoch, milliseconds until it is to be loaded anew, and the hash.
if redis.call('HGET', KEYS[2], 'f') ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[2])
if redis.call('HGET', KEYS[1], 'e') ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[2], 'e', ARGV[2], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
