-- Carries out the plain uses and checks of the list, one after the other, each by itself. An answer that asks for something (a
-- subject to be loaded, a revision to be read) decided nothing, and holds back what follows of the same subjects.
local FINAL = { ACCEPTED = true, REFUSED = true, REPLAYED = true, CONFLICT = true, CLOCK = true, TOO_MUCH = true }

-- How many more uses of a subject are held up after the list than before. A use that is held up by a change of its subject comes
-- back, and the next change gives way until it has been decided.
local more_held_up = {}

local function count(owner, change)
  owner.held_up = owner.held_up + change
  more_held_up[owner] = (more_held_up[owner] or 0) + change
end

local waiting, answers = nil, {}
for i = 1, #commands do
  local command = commands[i]
  local lines = command.lines
  local answer = unready(lines) or known(command) or stale(lines) or objection(lines)
  if not answer and not command.records then
    answer = totals({ 'ACCEPTED', now, '' }, lines)
  elseif not answer then
    waiting = waiting or redis.call('XLEN', KEYS[2])
    answer = waiting + #decided < MOST_WAITING and charge(command) or { 'BACKLOG', now }
  end
  answers[i] = answer
  local final = FINAL[answer[1]]
  if answer[1] == 'FENCED' or answer[1] == 'SUBJECT' then
    count(lines[answer[3]].counter.owner, 1)
  end
  for j = 1, #lines do
    local owner = lines[j].counter.owner
    if not final then
      owner.waits = true
    elseif owner.held_up > 0 then
      count(owner, -1)
    end
  end
end

for i = 1, #charged do
  redis.call('HINCRBY', charged[i].owner.key, charged[i].name, charged[i].more)
end
local lives = {} -- for how many milliseconds a key is known, by the end of its command's last window
for i = 1, #decided do
  local command = decided[i]
  local ends = command.ends
  local life = lives[ends]
  if ends ~= '' and not life then
    life = math.max(1, math.ceil(tonumber(ends) + KNOWN_FOR - now / 1000))
    lives[ends] = life
  end
  for j = 1, #command.lines do
    local key = command.lines[j].key
    if key and life then
      redis.call('SET', key, command.entry, 'PX', life)
    elseif key then
      redis.call('SET', key, command.entry)
    end
  end
  command.answer[3] = redis.call('XADD', KEYS[2], '*', 't', now, 'b', command.bytes)
end
for owner, change in pairs(more_held_up) do
  redis.call('HINCRBY', owner.key, 'w', change)
end
answers[#answers + 1] = lineage
return answers
