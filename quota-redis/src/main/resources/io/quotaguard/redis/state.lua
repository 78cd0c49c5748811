-- What the script knows so far of its shard: read from Redis once, and kept in step with what the script writes.
--
-- The shard's own hash holds the epoch ('e': a subject loaded in another one is not loaded), when it began ('a') and in which
-- history of writes ('v': in another one it is none), since when keys are known ('b') but for gaps ('g'), a count of the
-- fences ever put up in it ('n'), the end of the last windows that maintenance may have removed ('u', in milliseconds), and
-- the catalog's revisions ('p' and a plan's code, 'd' for the default plan), each of which is unknown when it is missing, and
-- fenced while it begins with '!'. A subject's hash holds the epoch in which it was loaded ('e'), its revision ('r'), whether
-- keys of its uses may be known to the ledger's store alone ('h'), and its counters ('c' and which); or nothing but a fence
-- ('f').
-- In all of them it says how many uses were held up and are about to come back ('w'), and how often a change gave way to them
-- since the last one ('d').
local shard = redis.call('HMGET', KEYS[1], 'e', 'n', 'u', 'v')
local epoch, fences, removed_until = shard[4] == lineage and shard[1], shard[2] or '0', tonumber(shard[3] or '-1')
local revisions, subjects = {}, {}

local function subject(key)
  local known = subjects[key]
  if not known then
    local row = redis.call('HMGET', key, 'f', 'e', 'r', 'h', 'w')
    known = {
      key = key, fenced = row[1], loaded = row[2] and row[2] == epoch, revision = row[3], history = row[4] == '1',
      held_up = tonumber(row[5] or '0'), used = {}, waits = false
    }
    subjects[key] = known
  end
  return known
end

-- Returns the units used of a counter, or nil when only the ledger's store can decide about it.
local function used(owner, counter)
  local units = owner.used[counter]
  if units == nil then
    local text = redis.call('HGET', owner.key, counter)
    units = text == false and 0 or tonumber(text) or false
    owner.used[counter] = units
  end
  return units or nil
end

-- Returns 'same' when the revision is the one expected, 'busy' while it is being changed, and else 'other'.
local function revision(field, expected)
  local known = revisions[field]
  if known == nil then
    known = redis.call('HGET', KEYS[1], field)
    revisions[field] = known
  end
  if known == expected then
    return 'same'
  elseif known and string.sub(known, 1, 1) == '!' then
    return now < tonumber(string.match(known, ':(%d+)$')) and 'busy' or 'other'
  end
  return 'other'
end
