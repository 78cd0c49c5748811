-- Keeps everybody off a subject while its owner, by the token in ARGV, asks or changes the ledger's store. Nobody goes on with
-- what was loaded of it, whatever becomes of the owner: then the fence falls after the milliseconds given, and the subject is
-- loaded anew. What was loaded is laid aside until then, for an owner who finds that nothing changed.
-- ARGV: token, milliseconds, and '*' for a change or '+' for a use that is carried out behind, which put it up whatever is
-- loaded; else only when the subject is not loaded, or with the revision given. Both give way to uses that were held up; a
-- change gives way to those that were told an old revision behind, too, of which each that comes here may be one.
local MOST_PASSES = 50

local row = redis.call('HMGET', KEYS[1], 'e', 'b', 'n', 'g', 'v')
local epoch, begun, fences, gaps = row[1], row[2], row[3] or '0', row[4] or ''
if not epoch or row[5] ~= lineage then
  return { 'SHARD', now }
end
local known = redis.call('HMGET', KEYS[2], 'f', 'e', 'r', 'h', 'w', 'd', 's')
local changes, carries_out, loaded = ARGV[3] == '*', ARGV[3] == '+', known[2] == epoch
local held_up, passes, told_old = tonumber(known[5] or '0'), tonumber(known[6] or '0'), tonumber(known[7] or '0')
local gives_way_to = changes and held_up + told_old or carries_out and held_up or 0
if known[1] then
  return { 'WAIT', now }
elseif loaded and not changes and not carries_out and ARGV[3] ~= known[3] then
  return { 'LOADED', now }
elseif gives_way_to > 0 and passes < MOST_PASSES then
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
if changes then
  held_up, passes, told_old = 0, 0, 0
elseif carries_out then
  held_up, passes, told_old = 0, 0, math.max(0, told_old - 1)
end
redis.call('HSET', KEYS[2], 'f', ARGV[1], 't', string.format('%.0f', left), 'w', held_up, 'd', passes, 's', told_old)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return { 'FENCED', now, epoch, begun, fences, loaded and known[4] or '', gaps }
