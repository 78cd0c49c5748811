-- Keeps everybody off a subject while its owner, by the token in ARGV, asks or changes the ledger's store. What was loaded of
-- it is forgotten at once, so that whatever becomes of the owner, nobody goes on with what may be outdated: then the fence
-- falls after the milliseconds given, and the subject is loaded anew.
local epoch = redis.call('HMGET', KEYS[1], 'e', 'b', 'g', 'v')
if not epoch[1] or epoch[4] ~= lineage then
  return { 'SHARD', now }
elseif redis.call('HEXISTS', KEYS[2], 'f') == 1 then
  return { 'WAIT', now }
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'f', ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return { 'FENCED', now, epoch[1], epoch[2], epoch[3] or '' }
