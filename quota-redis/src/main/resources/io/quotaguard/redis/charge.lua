-- Carries out a list of plain uses and checks, one after the other, each by itself. An answer that asks for something (a
-- subject to be loaded, a revision to be read) wrote nothing, and holds back what follows of the same subjects.
-- ARGV: the number of commands, the most entries that may wait for the ledger, for how many milliseconds after its window a
-- key is known, the commands.
local MOST_WAITING = tonumber(ARGV[2])
local FINAL = { ACCEPTED = true, REFUSED = true, REPLAYED = true, CONFLICT = true, CLOCK = true, TOO_MUCH = true }

local function carry_out(command)
  local answer = unready(command) or known(command) or stale(command) or objection(command)
  if answer then
    return answer
  elseif not command.records then
    return totals({ 'ACCEPTED', now, '' }, command)
  elseif redis.call('XLEN', KEYS[2]) >= MOST_WAITING then
    return { 'BACKLOG', now }
  end
  return charge(command)
end

local answers = {}
for i = 1, tonumber(ARGV[1]) do
  local command = read_command()
  local answer = carry_out(command)
  if not FINAL[answer[1]] then
    for _, line in ipairs(command.lines) do
      line.owner.waits = true
    end
  end
  answers[i] = answer
end
answers[#answers + 1] = lineage
return answers
