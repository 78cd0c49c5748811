-- Begins the shard's epoch, unless it has one in the server's present history of writes. From then on every key of a plain
-- use is known here, but for those of the gaps ('g'): after a restart from an older file, or a promotion, what was used since
-- the newest entry of the stream may be missing. What was copied of the catalog is read anew; who has a fence up keeps it.
local MOST_GAPS_BYTES = 512
local SKEW = 1000000 -- of the clocks of two servers that follow each other

local function newest_entry(begun)
  if redis.call('EXISTS', KEYS[2]) == 0 then
    return begun
  end
  local info = redis.call('XINFO', 'STREAM', KEYS[2])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      return tonumber(string.match(info[i + 1], '^%d+')) * 1000
    end
  end
end

local function with_gap(gaps, from)
  gaps = gaps .. string.format('%.0f-%.0f ', math.min(from, now), math.max(from, now) + SKEW)
  if #gaps > MOST_GAPS_BYTES then
    gaps = string.match(gaps, '^%d+') .. string.match(gaps, '%-%d+ $')
  end
  return gaps
end

local function forget_copies()
  local row = redis.call('HGETALL', KEYS[1])
  for i = 1, #row, 2 do
    if (row[i] == 'd' or string.sub(row[i], 1, 1) == 'p') and string.sub(row[i + 1], 1, 1) ~= '!' then
      redis.call('HDEL', KEYS[1], row[i])
    end
  end
end

local shard = redis.call('HMGET', KEYS[1], 'e', 'b', 'v', 'g')
if not shard[1] then
  redis.call('HSET', KEYS[1], 'b', string.format('%.0f', now))
elseif shard[3] ~= lineage then
  forget_copies()
  redis.call('HSET', KEYS[1], 'g', with_gap(shard[4] or '', newest_entry(tonumber(shard[2]))))
end
if not shard[1] or shard[3] ~= lineage then
  -- The count of fences goes on above any that was ever read.
  local text = string.format('%.0f', now)
  redis.call('HSET', KEYS[1], 'e', ARGV[1], 'a', text, 'v', lineage, 'n', text)
end
return redis.call('HGET', KEYS[1], 'e')
