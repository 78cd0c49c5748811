-- Takes down the fence of a subject, with what the ledger's store has of it in its place; for nothing when the fence, or the
-- shard's epoch, is not the one any more, or a change has ended behind a fence that Redis had lost ('x'). The revisions that
-- came with it are learned, unless one of the shard was fenced or freed since the subject was.
-- ARGV: token, epoch, milliseconds until it is to be loaded anew, the count of fences when the subject was fenced, how many
-- arguments the revisions are, each with its field, and the hash.
local MOST_AT_ONCE = 1000 -- arguments of one command, each field with its value: Lua passes some thousands at most

local fence = redis.call('HMGET', KEYS[2], 'f', 's', 'x')
if fence[1] ~= ARGV[1] then
  return 0
end
local shard = redis.call('HMGET', KEYS[1], 'e', 'n')
if shard[1] ~= ARGV[2] or fence[3] then
  redis.call('DEL', KEYS[2], KEYS[3])
  return 0
end
-- The fence stands until all of it is there: a script that fails keeps what it wrote.
local revisions = tonumber(ARGV[5])
for first = 6 + revisions, #ARGV, MOST_AT_ONCE do
  redis.call('HSET', KEYS[2], unpack(ARGV, first, math.min(#ARGV, first + MOST_AT_ONCE - 1)))
end
redis.call('HSET', KEYS[2], 'e', ARGV[2], 's', fence[2] or 0)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('HDEL', KEYS[2], 'f', 't')
redis.call('DEL', KEYS[3])
if (shard[2] or '0') == ARGV[4] then
  for i = 6, 5 + revisions, 2 do
    local known = redis.call('HGET', KEYS[1], ARGV[i])
    if not known or string.sub(known, 1, 1) ~= '!' then
      redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    end
  end
end
return 1
