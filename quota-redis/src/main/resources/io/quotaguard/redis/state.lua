-- What the script knows so far of its shard: read from Redis once, and kept in step with what the script decides. A function
-- costs as much as a small command whenever a script begins, so there are few of them in what every use passes.
--
-- The shard's own hash holds the epoch ('e': a subject loaded in another one is not loaded), when it began ('a') and in which
-- history of writes ('v': in another one it is none), since when keys are known ('b') but for gaps ('g'), a count of the
-- fences ever put up in it ('n'), the end of the last windows that maintenance may have removed ('u', in milliseconds), and
-- the catalog's revisions ('p' and a plan's code, 'd' for the default plan), each of which is unknown when it is missing, and
-- fenced while it begins with '!'. A subject's hash holds the epoch in which it was loaded ('e'), its revision ('r'), whether
-- keys of its uses may be known to the ledger's store alone ('h'), what time it was there at the latest ('l'), and its counters
-- ('c' and which); or nothing but a fence ('f').
-- In all of them it says how many uses were held up and are about to come back ('w'), how many that are carried out behind were
-- told an old revision there ('s'), and how often a change gave way to them since the last one ('d').
local subjects = {}

-- Returns one of a subject's counters; the first is read along with the subject. What is used of it is false when only the
-- ledger's store can decide about it.
local function counter_of(key, name)
  local owner, used = subjects[key], nil
  if not owner then
    local row = redis.call('HMGET', key, 'f', 'e', 'r', 'h', 'w', 'l', name)
    owner = {
      key = key, fenced = row[1], epoch = row[2], revision = row[3], history = row[4] == '1', held_up = tonumber(row[5] or 0),
      loaded_at = row[6] or 0
    }
    subjects[key] = owner
    used = row[7]
  elseif owner[name] then
    return owner[name]
  else
    used = redis.call('HGET', key, name)
  end
  if used then
    used = tonumber(used) or false
  else
    -- It was not loaded. The ledger's store tells of windows that have not ended by its own clock, so of one that had ended
    -- there this server knows nothing, although it may go on here.
    local window_end = tonumber(string.match(name, '\n(%d*)$'))
    used = not (window_end and window_end <= tonumber(owner.loaded_at)) and 0
  end
  local counter = { owner = owner, name = name, used = used, more = 0 }
  owner[name] = counter -- a counter's name begins with 'c' and holds a line feed
  return counter
end
