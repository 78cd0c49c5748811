-- What stands before a decision: the subjects are loaded, the key is new, the terms are those in force. Each returns the
-- answer that ends the command, or nil.

local MOST_AT_ONCE = 1000 -- arguments of one command

local function in_parts(names, ask)
  local values = {}
  for first = 1, #names, MOST_AT_ONCE do
    for _, value in ipairs(ask(unpack(names, first, math.min(#names, first + MOST_AT_ONCE - 1)))) do
      values[#values + 1] = value
    end
  end
  return values
end

local shard = in_parts(fields, function(...) return redis.call('HMGET', KEYS[1], ...) end)
local epoch, fences, removed_until = shard[4] == lineage and shard[1], shard[2] or '0', tonumber(shard[3] or '-1')

local function unready(command)
  if not epoch then
    return { 'SHARD', now }
  end
  for i = 1, #command.lines do
    local owner = command.lines[i].owner
    if owner.waits then
      return { 'WAIT', now } -- behind an earlier command of the list that could not be answered yet
    elseif owner.fenced then
      return { 'FENCED', now, i }
    elseif owner.epoch ~= epoch then
      return { 'LOAD', now, i }
    end
  end
end

-- Tells whether what a key was kept with may be gone from the ledger, with its window (R10).
local function is_of_old(entry)
  local ends = tonumber(string.match(entry, '^[^\n]*\n([^\n]*)'))
  return ends ~= nil and ends <= removed_until
end

-- What all keys of the list are known for, false where that is nothing; kept in step with what is decided.
local entries = {}
for i, entry in ipairs(in_parts(use_keys, function(...) return redis.call('MGET', ...) end)) do
  entries[use_keys[i]] = entry
end

-- R7, R8: known on all uses and for this very request it is a replay; else the first that is known otherwise conflicts.
local function known(command)
  local uses, found, kept, first, other = 0, 0, nil, nil, nil
  for i = 1, #command.lines do
    local line = command.lines[i]
    if line.key then
      uses = uses + 1
      local entry = entries[line.key]
      if entry == 'L' then
        return { 'LEDGER', now } -- left behind by what only the ledger's store carries out
      elseif entry and is_of_old(entry) then
        if not command.new then
          return { 'RECALL', now }
        end
      elseif entry then
        found = found + 1
        kept = kept or entry
        first = first or i
        if string.match(entry, '^[^\n]*') ~= command.fingerprint then
          other = other or i
        end
      elseif line.owner.history and not command.new then
        return { 'RECALL', now }
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

-- Returns 'same' when the revision is the one expected, 'busy' while it is being changed, and else 'other'.
local function revision(field, expected)
  local known = not field and expected or shard[place_of[field]]
  if known == expected then
    return 'same'
  elseif known and string.sub(known, 1, 1) == '!' then
    return now < tonumber(string.match(known, ':(%d+)$')) and 'busy' or 'other'
  end
  return 'other'
end

-- Nothing that the script does changes a revision, so terms are compared once.
local function revisions_of(terms)
  if terms.checked == nil then
    local plan = revision(terms.plan, terms.plan_version)
    local default = revision(terms.default, terms.default_revision)
    if plan == 'busy' or default == 'busy' then
      terms.checked = 'WAIT'
    elseif plan == 'other' then
      terms.checked = 'PLAN'
    else
      terms.checked = default == 'other' and 'DEFAULT'
    end
  end
  return terms.checked
end

-- R19, R25.
local function stale(command)
  for i = 1, #command.lines do
    local line = command.lines[i]
    if now < line.terms.from or now >= line.terms.to then
      return { 'CLOCK', now, i }
    elseif line.owner.revision ~= line.revision then
      return { 'SUBJECT', now, i, line.owner.revision }
    end
    local other = revisions_of(line.terms)
    if other == 'WAIT' then
      return { 'WAIT', now }
    elseif other then
      return { other, now, i, fences }
    end
  end
end
