-- Whether all lines of a command fit (R1, R3, R4, R41), and the writing once they do. Nothing is written before everything
-- is decided: a script that fails keeps what it wrote.
--
-- No sum passes 2^53 - 1, up to which a Lua number is exact (R6): amounts, ceilings and counters are no larger, and they are
-- compared by differences of what is in that range.
local LARGEST = 9007199254740991

-- Lines of one counter fit when they fit together (R40); their sum is exact, or so large that nothing admits it.
local function asked(command)
  local asked_of = {}
  for _, line in ipairs(command.lines) do
    line.id = line.owner.key .. '\n' .. line.counter
    asked_of[line.id] = (asked_of[line.id] or 0) + line.amount
  end
  return asked_of
end

local function admits(line, units, taken)
  if line.ceiling == 'x' then
    return false
  end
  local ceiling = tonumber(line.ceiling)
  return ceiling < 0 or (taken <= ceiling and units <= ceiling - taken)
end

local function totals(answer, command)
  for _, line in ipairs(command.lines) do
    answer[#answer + 1] = used(line.owner, line.counter)
  end
  return answer
end

-- Returns the answer that ends the command, or nil when everything fits.
local function objection(command)
  local refused, too_much, asked_of = false, nil, asked(command)
  for i, line in ipairs(command.lines) do
    local taken = used(line.owner, line.counter)
    if taken == nil then
      return { 'LEDGER', now }
    elseif not admits(line, asked_of[line.id], taken) then
      refused = true
    elseif asked_of[line.id] > LARGEST - taken then
      too_much = too_much or i
    end
  end
  if refused then
    return totals({ 'REFUSED', now }, command)
  elseif too_much then
    return totals({ 'TOO_MUCH', now, too_much }, command)
  end
end

local function remember(command, after)
  local totals_after = table.concat(after, ',')
  local entry = table.concat({ command.fingerprint, command.ends, totals_after, command.bytes }, '\n')
  for _, line in ipairs(command.lines) do
    if line.key and command.ends == '' then
      redis.call('SET', line.key, entry)
    elseif line.key then
      local left = math.max(1, math.ceil(tonumber(command.ends) + tonumber(ARGV[3]) - now / 1000))
      redis.call('SET', line.key, entry, 'PX', string.format('%.0f', left))
    end
  end
end

-- R10: counter, key and ledger entry together.
local function charge(command)
  local answer, after = { 'ACCEPTED', now, false }, {}
  for i, line in ipairs(command.lines) do
    local units = redis.call('HINCRBY', line.owner.key, line.counter, string.format('%.0f', line.amount))
    line.owner.used[line.counter] = units
    after[i] = string.format('%.0f', units)
    answer[i + 3] = units
  end
  remember(command, after)
  answer[3] = redis.call('XADD', KEYS[2], '*', 't', string.format('%.0f', now), 'b', command.bytes)
  return answer
end
