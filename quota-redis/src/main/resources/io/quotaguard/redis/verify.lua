-- What stands before a decision: the subjects are loaded, the key is new, the terms are those in force. Each returns the
-- answer that ends the command, or nil.

local function unready(command)
  if not epoch then
    return { 'SHARD', now }
  end
  for i, line in ipairs(command.lines) do
    if line.owner.waits then
      return { 'WAIT', now } -- behind an earlier command of the list that could not be answered yet
    elseif line.owner.fenced then
      return { 'FENCED', now, i }
    elseif not line.owner.loaded then
      return { 'LOAD', now, i }
    end
  end
end

-- Tells whether what a key was kept with may be gone from the ledger, with its window (R10).
local function is_of_old(entry)
  local ends = tonumber(string.match(entry, '^[^\n]*\n([^\n]*)'))
  return ends ~= nil and ends <= removed_until
end

-- R7, R8: known on all uses and for this very request it is a replay; else the first that is known otherwise conflicts.
local function known(command)
  local uses, entries, first, other = 0, {}, nil, nil
  for i, line in ipairs(command.lines) do
    if line.key then
      uses = uses + 1
      local entry = redis.call('GET', line.key)
      if entry == 'L' then
        return { 'LEDGER', now } -- left behind by what only the ledger's store carries out
      elseif entry and is_of_old(entry) then
        if not command.new then
          return { 'RECALL', now }
        end
      elseif entry then
        entries[#entries + 1] = entry
        first = first or i
        if string.match(entry, '^[^\n]*') ~= command.fingerprint then
          other = other or i
        end
      elseif line.owner.history and not command.new then
        return { 'RECALL', now }
      end
    end
  end
  if #entries > 0 and #entries == uses and not other then
    return { 'REPLAYED', now, entries[1] }
  elseif #entries > 0 then
    return { 'CONFLICT', now, #entries < uses and first or other }
  end
end

-- R19, R25.
local function stale(command)
  for i, line in ipairs(command.lines) do
    if now < line.from or now >= line.to then
      return { 'CLOCK', now, i }
    elseif line.owner.revision ~= line.revision then
      return { 'SUBJECT', now, i, line.owner.revision }
    end
    local plan = line.plan == '' and 'same' or revision('p' .. line.plan, line.plan_version)
    local default = line.default_revision == '-1' and 'same' or revision('d', line.default_revision)
    if plan == 'busy' or default == 'busy' then
      return { 'WAIT', now }
    elseif plan == 'other' then
      return { 'PLAN', now, i, fences }
    elseif default == 'other' then
      return { 'DEFAULT', now, i, fences }
    end
  end
end
