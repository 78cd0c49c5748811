-- What stands before a decision: the subjects are loaded, the key is new, the terms are those in force. Each function returns
-- the answer that ends the command, or nil.

local MOST_AT_ONCE = 1000 -- arguments of one command

local shard = {}
for first = 1, #fields, MOST_AT_ONCE do
  local part = redis.call('HMGET', KEYS[1], unpack(fields, first, math.min(#fields, first + MOST_AT_ONCE - 1)))
  for i = 1, #part do
    shard[first + i - 1] = part[i]
  end
end
local epoch, fences, removed_until = shard[4] == lineage and shard[1], shard[2] or '0', tonumber(shard[3] or -1)

-- What all keys of the list are known for, false where that is nothing; kept in step with what is decided.
local entries = {}
for first = 1, #use_keys, MOST_AT_ONCE do
  local part = redis.call('MGET', unpack(use_keys, first, math.min(#use_keys, first + MOST_AT_ONCE - 1)))
  for i = 1, #part do
    entries[use_keys[first + i - 1]] = part[i]
  end
end

local function unready(lines)
  if not epoch then
    return { 'SHARD', now }
  end
  for i = 1, #lines do
    local owner = lines[i].counter.owner
    if owner.waits then
      return { 'WAIT', now } -- behind an earlier command of the list that could not be answered yet
    elseif owner.fenced then
      return { 'FENCED', now, i }
    elseif owner.epoch ~= epoch then
      return { 'LOAD', now, i }
    end
  end
end

-- R7, R8: known on all uses and for this very request it is a replay; else the first that is known otherwise conflicts.
local function known(command)
  local uses, found, kept, first, other = 0, 0, nil, nil, nil
  for i = 1, #command.lines do
    local line = command.lines[i]
    if line.key then
      uses = uses + 1
      local entry = entries[line.key]
      if not entry then
        if line.counter.owner.history and not command.new then
          return { 'RECALL', now }
        end
      elseif entry == 'L' then
        return { 'LEDGER', now } -- left behind by what only the ledger's store carries out
      else
        local fingerprint, ends = string.match(entry, '^([^\n]*)\n([^\n]*)')
        if ends ~= '' and tonumber(ends) <= removed_until then
          -- What the key was kept with may be gone from the ledger, with its window (R10).
          if not command.new then
            return { 'RECALL', now }
          end
        else
          found = found + 1
          kept = kept or entry
          first = first or i
          if fingerprint ~= command.fingerprint then
            other = other or i
          end
        end
      end
    end
  end
  if found == 0 then
    return nil
  elseif found == uses and not other then
    return { 'REPLAYED', now, kept }
  end
  return { 'CONFLICT', now, found < uses and first or other }
end

-- Tells whether a revision of the catalog, which is not the one expected, is being changed now.
local function is_being_changed(revision)
  local falls = revision and string.match(revision, '^!.*:(%d+)$')
  return falls and now < tonumber(falls)
end

-- R19, R25.
local function stale(lines)
  for i = 1, #lines do
    local terms, loaded = lines[i].terms, lines[i].counter.owner.revision
    if now < terms.from or now >= terms.to then
      return { 'CLOCK', now, i }
    elseif loaded ~= lines[i].revision then
      return { 'SUBJECT', now, i, loaded }
    end
    local other_plan = terms.plan and shard[terms.plan] ~= terms.plan_version
    local other_default = terms.default and shard[terms.default] ~= terms.default_revision
    if other_plan and is_being_changed(shard[terms.plan]) or other_default and is_being_changed(shard[terms.default]) then
      return { 'WAIT', now }
    elseif other_plan or other_default then
      return { other_plan and 'PLAN' or 'DEFAULT', now, i, fences }
    end
  end
end
