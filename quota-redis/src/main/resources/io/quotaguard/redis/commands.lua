-- Reads what is asked off KEYS and ARGV: the number of commands, the most entries that may wait for the ledger, for how many
-- milliseconds after its window a key is known, and the commands.
--
-- Of each command: what it is ('C' is a check, 'R' a use, 'N' a use whose key is known to be new), its fingerprint, when the
-- last of its windows ends, in milliseconds ('' for never), its bytes, and the number of its lines. Of each line: whether it
-- is a use itself, its amount, the revision of its subject, and its terms.
--
-- Terms are one text, and read once, since most lines of a list share them: the ceiling ('x' where the subject may not use the
-- feature at all, -1 for unlimited), their first instant and the first after them, the revisions of plan and default plan,
-- the plan's code, and the counter.
local MOST_WAITING, KNOWN_FOR = tonumber(ARGV[2]), tonumber(ARGV[3])
local next_key, next_argument, terms_of, use_keys = 2, 3, {}, {}
-- Of the shard's hash: what every list needs, and the revisions of the catalog that are asked about.
local fields, place_of = { 'e', 'n', 'u', 'v' }, {}

local function is_needed(field)
  if not place_of[field] then
    fields[#fields + 1] = field
    place_of[field] = #fields
  end
  return field
end

local function terms(text)
  local known = terms_of[text]
  if not known then
    local ceiling, from, to, version, default, plan, counter =
      string.match(text, '^(%S+) (%S+) (%S+) (%S+) (%S+) ([^\n]*)\n(.*)$')
    known = {
      ceiling = tonumber(ceiling), from = tonumber(from), to = tonumber(to), counter = counter,
      plan = plan ~= '' and is_needed('p' .. plan), plan_version = version,
      default = default ~= '-1' and is_needed('d'), default_revision = default
    }
    terms_of[text] = known
  end
  return known
end

local function read_line(records)
  local at = next_argument
  next_key, next_argument = next_key + 1, at + 4
  local of = terms(ARGV[at + 4])
  local counter = counter_of(KEYS[next_key], of.counter)
  local line = {
    owner = counter.owner, counter = counter, amount = tonumber(ARGV[at + 2]), revision = ARGV[at + 3], terms = of, key = false
  }
  if records and ARGV[at + 1] == '1' then
    next_key = next_key + 1
    line.key = KEYS[next_key]
    use_keys[#use_keys + 1] = line.key
  end
  return line
end

local function read_command()
  local at, lines = next_argument, {}
  next_argument = at + 5
  local command = {
    records = ARGV[at + 1] ~= 'C', new = ARGV[at + 1] == 'N', fingerprint = ARGV[at + 2], ends = ARGV[at + 3],
    bytes = ARGV[at + 4], lines = lines
  }
  for i = 1, tonumber(ARGV[next_argument]) do
    lines[i] = read_line(command.records)
  end
  return command
end

local commands = {}
for i = 1, tonumber(ARGV[1]) do
  commands[i] = read_command()
end
