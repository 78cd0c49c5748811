-- Carries out a list of plain uses and checks, one after the other, each by itself. An answer that asks for something (a
-- subject to be loaded, a revision to be read) decided nothing, and holds back what follows of the same subjects.
-- ARGV: the number of commands, the most entries that may wait for the ledger, for how many milliseconds after its window a
-- key is known, the commands.
local MOST_WAITING = tonumber(ARGV[2])
local FINAL = { ACCEPTED = true, REFUSED = true, REPLAYED = true, CONFLICT = true, CLOCK = true, TOO_MUCH = true }

-- A use that is held up by a change of its subject comes back, and the next change gives way until it has been decided.
local function note(command, answer)
  if answer[1] == 'FENCED' or answer[1] == 'SUBJECT' then
    redis.call('HINCRBY', command.lines[answer[3]].owner.key, 'w', 1)
  elseif FINAL[answer[1]] then
    for _, line in ipairs(command.lines) do
      if line.owner.held_up > 0 then
        line.owner.held_up = redis.call('HINCRBY', line.owner.key, 'w', -1)
      end
    end
  end
end

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
  note(command, answer)
  if not FINAL[answer[1]] then
    for _, line in ipairs(command.lines) do
      line.owner.waits = true
    end
  end
  answers[i] = answer
end
answers[#answers + 1] = lineage
return answers
