-- Writes entries at the end of the books' journal, and reads what came between an entry that the node knows and them. The first
-- key is the books' own row: their name ('i'), the number of the last entry ('n'), and a time that never goes back ('t').
-- ARGV: name, known entry, most entries to read, most entries kept (0 for any number), and the new entries.
local FIRST = 5
local row = redis.call('HMGET', KEYS[1], 'i', 'n', 't')
if row[1] ~= ARGV[1] then
  return {'GONE'}
end
local last = tonumber(row[2])
local count = #ARGV - FIRST + 1
local most = tonumber(ARGV[4])
if count > 0 and most > 0 and redis.call('XLEN', KEYS[2]) + count > most then
  return {'FULL'}
end
now = math.max(now, tonumber(row[3]))
local text = string.format('%.0f', now)
local known, before = tonumber(ARGV[2]), {}
if known < last then
  before = redis.call('XRANGE', KEYS[2], string.format('%.0f', known + 1), '+', 'COUNT', ARGV[3])
end
if count > 0 then
  redis.call('HSET', KEYS[1], 'n', string.format('%.0f', last + count), 't', text)
  for i = 1, count do
    redis.call('XADD', KEYS[2], string.format('%.0f-0', last + i), 'e', ARGV[FIRST + i - 1], 't', text)
  end
  last = last + count
elseif now > tonumber(row[3]) then
  -- What is read is read as of now, so that no later entry may be older. Memory that is full is no reason not to read.
  redis.pcall('HSET', KEYS[1], 't', text)
end
return {'READ', lineage, text, string.format('%.0f', last), before}
