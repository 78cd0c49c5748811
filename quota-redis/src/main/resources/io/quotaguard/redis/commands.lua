-- Reads the commands off KEYS and ARGV. Of each command: operation, fingerprint, whether its key is known to be new, when
-- the last of its windows ends, in milliseconds ('' for never), its bytes, and the number of its lines. Of each line:
-- whether it is a use itself, its counter, amount, ceiling ('x' where the subject may not use the feature at all, -1 for
-- unlimited), the first instant of its terms and the first after them, and the revisions of subject, plan and default plan.
local next_key, next_argument = 3, 4

local function argument()
  local value = ARGV[next_argument]
  next_argument = next_argument + 1
  return value
end

local function key()
  local value = KEYS[next_key]
  next_key = next_key + 1
  return value
end

local function read_line(records)
  local line = { owner = subject(key()) }
  line.use = argument() == '1'
  line.counter = argument()
  line.amount = tonumber(argument())
  line.ceiling = argument()
  line.from = tonumber(argument())
  line.to = tonumber(argument())
  line.revision = argument()
  line.plan = argument()
  line.plan_version = argument()
  line.default_revision = argument()
  if records and line.use then
    line.key = key()
  end
  return line
end

local function read_command()
  local command = { lines = {} }
  command.records = argument() == 'RECORD'
  command.fingerprint = argument()
  command.new = argument() == '1'
  command.ends = argument()
  command.bytes = argument()
  for i = 1, tonumber(argument()) do
    command.lines[i] = read_line(command.records)
  end
  return command
end
