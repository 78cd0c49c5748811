-- Takes down the fence of a subject, if it is still the one with the token. Whoever asks next loads the subject; and with 1
-- in ARGV[2] also when Redis has lost the fence since, and somebody has loaded what its owner was changing.
local fence = redis.call('HGET', KEYS[2], 'f')
if fence == ARGV[1] or (not fence and ARGV[2] == '1') then
  redis.call('DEL', KEYS[2])
end
return 1
