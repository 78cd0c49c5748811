-- Whether all lines of a command fit (R1, R3, R4, R41), and what is to be written if they do.
--
-- No sum passes 2^53 - 1, up to which a Lua number is exact (R6): amounts, ceilings and counters are no larger, and they are
-- compared by differences of what is in that range.
local LARGEST = 9007199254740991

local function admits(ceiling, units, taken)
  return ceiling ~= nil and (ceiling < 0 or (taken <= ceiling and units <= ceiling - taken))
end

local function totals(answer, command)
  for _, line in ipairs(command.lines) do
    answer[#answer + 1] = line.counter.used
  end
  return answer
end

-- Returns the answer that ends the command, or nil when everything fits. Lines of one counter fit when they fit together
-- (R40); their sum is exact, or so large that nothing admits it.
local function objection(command)
  local lines, refused, too_much = command.lines, false, nil
  for i = 1, #lines do
    lines[i].counter.asked = 0
  end
  for i = 1, #lines do
    lines[i].counter.asked = lines[i].counter.asked + lines[i].amount
  end
  for i = 1, #lines do
    local taken, asked = lines[i].counter.used, lines[i].counter.asked
    if not taken then
      return { 'LEDGER', now }
    elseif not admits(lines[i].terms.ceiling, asked, taken) then
      refused = true
    elseif asked > LARGEST - taken then
      too_much = too_much or i
    end
  end
  if refused then
    return totals({ 'REFUSED', now }, command)
  elseif too_much then
    return totals({ 'TOO_MUCH', now, too_much }, command)
  end
end

-- R10: counters, keys and ledger entries go together, once the whole list is decided: a script that fails keeps what it wrote.
local charged, decided = {}, {}

local function charge(command)
  local lines, answer, totals_after = command.lines, { 'ACCEPTED', now, false }, nil
  for i = 1, #lines do
    local counter = lines[i].counter
    counter.used = counter.used + lines[i].amount
    counter.more = counter.more + lines[i].amount
    if not counter.charged then
      counter.charged = true
      charged[#charged + 1] = counter
    end
    answer[i + 3] = counter.used
    totals_after = (totals_after and totals_after .. ',' or '') .. string.format('%.0f', counter.used)
  end
  command.answer = answer
  command.entry = command.fingerprint .. '\n' .. command.ends .. '\n' .. totals_after .. '\n' .. command.bytes
  for i = 1, #lines do
    if lines[i].key then
      entries[lines[i].key] = command.entry
    end
  end
  decided[#decided + 1] = command
  return answer
end

-- Returns for how many milliseconds a key is known whose last window ends then.
local lives = {}
local function life(ends)
  local left = lives[ends]
  if not left then
    left = math.max(1, math.ceil(tonumber(ends) + KNOWN_FOR - now / 1000))
    lives[ends] = left
  end
  return left
end

local function write()
  for _, counter in ipairs(charged) do
    redis.call('HINCRBY', counter.owner.key, counter.name, counter.more)
  end
  for _, command in ipairs(decided) do
    for _, line in ipairs(command.lines) do
      if line.key and command.ends == '' then
        redis.call('SET', line.key, command.entry)
      elseif line.key then
        redis.call('SET', line.key, command.entry, 'PX', life(command.ends))
      end
    end
    command.answer[3] = redis.call('XADD', KEYS[2], '*', 't', now, 'b', command.bytes)
  end
end
