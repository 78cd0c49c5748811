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
local commands, terms_of, use_keys = {}, {}, {}
-- Of the shard's hash: what every list needs, and the revisions of the catalog that are asked about.
local fields = { 'e', 'n', 'u', 'v' }

local next_key, next_argument = 2, 4
for i = 1, tonumber(ARGV[1]) do
  local kind, lines = ARGV[next_argument], {}
  commands[i] = {
    records = kind ~= 'C', new = kind == 'N', fingerprint = ARGV[next_argument + 1], ends = ARGV[next_argument + 2],
    bytes = ARGV[next_argument + 3], lines = lines
  }
  local count = tonumber(ARGV[next_argument + 4])
  next_argument = next_argument + 5
  for j = 1, count do
    local text = ARGV[next_argument + 3]
    local terms = terms_of[text]
    if not terms then
      local ceiling, from, to, version, default, plan, counter =
        string.match(text, '^(%S+) (%S+) (%S+) (%S+) (%S+) ([^\n]*)\n(.*)$')
      terms = { ceiling = tonumber(ceiling), from = tonumber(from), to = tonumber(to), counter = counter }
      if plan ~= '' then
        fields[#fields + 1] = 'p' .. plan
        terms.plan, terms.plan_version = #fields, version
      end
      if default ~= '-1' then
        fields[#fields + 1] = 'd'
        terms.default, terms.default_revision = #fields, default
      end
      terms_of[text] = terms
    end
    next_key = next_key + 1
    local line = {
      counter = counter_of(KEYS[next_key], terms.counter), amount = tonumber(ARGV[next_argument + 1]),
      revision = ARGV[next_argument + 2], terms = terms, key = false
    }
    if kind ~= 'C' and ARGV[next_argument] == '1' then
      next_key = next_key + 1
      line.key = KEYS[next_key]
      use_keys[#use_keys + 1] = line.key
    end
    lines[j] = line
    next_argument = next_argument + 4
  end
end
