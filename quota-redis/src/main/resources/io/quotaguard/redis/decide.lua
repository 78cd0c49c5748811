-- Whether all lines of a command fit (R1, R3, R4, R41), and what is to be written if they do.
--
-- No sum passes 2^53 - 1, up to which a Lua number is exact (R6): amounts, ceilings and counters are no larger, and they are
-- compared by differences of what is in that range.
local LARGEST = 9007199254740991

local function totals(answer, lines)
  for i = 1, #lines do
    answer[#answer + 1] = lines[i].counter.used
  end
  return answer
end

-- Returns the answer that ends the command, or nil when everything fits. Lines of one counter fit when they fit together
-- (R40); their sum is exact, or so large that nothing admits it.
local function objection(lines)
  local refused, too_much = false, nil
  for i = 1, #lines do
    lines[i].counter.asked = 0
  end
  for i = 1, #lines do
    lines[i].counter.asked = lines[i].counter.asked + lines[i].amount
  end
  for i = 1, #lines do
    local ceiling, taken, units = lines[i].terms.ceiling, lines[i].counter.used, lines[i].counter.asked
    if not taken then
      return { 'LEDGER', now }
    elseif not ceiling or ceiling >= 0 and (taken > ceiling or units > ceiling - taken) then
      refused = true
    elseif units > LARGEST - taken then
      too_much = too_much or i
    end
  end
  if refused then
    return totals({ 'REFUSED', now }, lines)
  elseif too_much then
    return totals({ 'TOO_MUCH', now, too_much }, lines)
  end
end

-- R10: counters, keys and ledger entries go together, once the whole list is decided: a script that fails keeps what it wrote.
local charged, decided = {}, {}

local function charge(command)
  local lines, answer, totals_after = command.lines, { 'ACCEPTED', now, false }, nil
  for i = 1, #lines do
    local counter = lines[i].counter
    counter.used = counter.used + lines[i].amount
    if counter.more == 0 then
      charged[#charged + 1] = counter
    end
    counter.more = counter.more + lines[i].amount
    answer[i + 3] = counter.used
    local after = string.format('%.0f', counter.used)
    totals_after = totals_after and totals_after .. ',' .. after or after
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
