-- Crosses entries out of the books' journal, unless the books or the server's history of writes are not those in which somebody
-- saw that nothing follows from them: then the same numbers may stand for others. ARGV: the books' name, the history, the ids.
if redis.call('HGET', KEYS[1], 'i') ~= ARGV[1] or lineage ~= ARGV[2] then
  return -1
end
return redis.call('XDEL', KEYS[2], unpack(ARGV, 3))
