-- Keeps everybody off a subject while its owner, by the token in ARGV, asks or changes the ledger's store. Nobody goes on with
-- what was loaded of it, whatever becomes of the owner: then the fence falls after the milliseconds given, and the subject is
-- loaded anew. What was loaded is laid aside until then, for an owner who finds that nothing changed.
-- ARGV: token, milliseconds, and '*' to put it up whatever is loaded; else only when the subject is not loaded, or with the
-- revision given.
local MOST_PASSES = 50

local row = redis.call('HMGET', KEYS[1], 'e', 'b', 'n', 'g', 'v')
local epoch, begun, fences, gaps = row[1], row[2], row[3] or '0', row[4] or ''
if not epoch or row[5] ~= lineage then
  return { 'SHARD', now }
end
local known = redis.call('HMGET', KEYS[2], 'f', 'e', 'r', 'h', 'w', 'd')
local changes, loaded = ARGV[3] == '*', known[2] == epoch
local held_up, passes = tonumber(known[5] or '0'), tonumber(known[6] or '0')
if known[1] then
  return { 'WAIT', now }
elseif loaded and not changes and ARGV[3] ~= known[3] then
  return { 'LOADED', now }
elseif changes and held_up > 0 and passes < MOST_PASSES then
  -- Some of them may never come back.
  redis.call('HINCRBY', KEYS[2], 'd', 1)
  return { 'PASS', now }
end
local left = redis.call('PTTL', KEYS[2])
redis.call('DEL', KEYS[3])
if loaded and left > 0 then
  redis.call('RENAME', KEYS[2], KEYS[3])
  redis.call('PEXPIRE', KEYS[3], ARGV[2])
else
  redis.call('DEL', KEYS[2])
end
redis.call('HSET', KEYS[2], 'f', ARGV[1], 't', string.format('%.0f', left), 'w', changes and 0 or held_up,
  'd', changes and 0 or passes)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return { 'FENCED', now, epoch, begun, fences, loaded and known[4] or '', gaps }
