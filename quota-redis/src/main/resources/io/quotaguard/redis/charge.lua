-- Carries out the plain uses and checks of the list, one after the other, each by itself. An answer that asks for something (a
-- subject to be loaded, a revision to be read) decided nothing, and holds back what follows of the same subjects.
local FINAL = { ACCEPTED = true, REFUSED = true, REPLAYED = true, CONFLICT = true, CLOCK = true, TOO_MUCH = true }

-- How many more uses of a subject are held up after the list than before.
local more_held_up = {}

local function count(owner, change)
  owner.held_up = owner.held_up + change
  more_held_up[owner] = (more_held_up[owner] or 0) + change
end

-- A use that is held up by a change of its subject comes back, and the next change gives way until it has been decided.
local function note(command, answer)
  if FINAL[answer[1]] then
    for i = 1, #command.lines do
      if command.lines[i].owner.held_up > 0 then
        count(command.lines[i].owner, -1)
      end
    end
    return
  elseif answer[1] == 'FENCED' or answer[1] == 'SUBJECT' then
    count(command.lines[answer[3]].owner, 1)
  end
  for _, line in ipairs(command.lines) do
    line.owner.waits = true
  end
end

local waiting
local function is_full()
  waiting = waiting or redis.call('XLEN', KEYS[2])
  return waiting + #decided >= MOST_WAITING
end

local function carry_out(command)
  local answer = unready(command) or known(command) or stale(command) or objection(command)
  if answer then
    return answer
  elseif not command.records then
    return totals({ 'ACCEPTED', now, '' }, command)
  elseif is_full() then
    return { 'BACKLOG', now }
  end
  return charge(command)
end

local answers = {}
for i = 1, #commands do
  answers[i] = carry_out(commands[i])
  note(commands[i], answers[i])
end
write()
for owner, change in pairs(more_held_up) do
  redis.call('HINCRBY', owner.key, 'w', change)
end
answers[#answers + 1] = lineage
return answers
