-- Takes down the fence of a subject, if it is still the one with the token. Whoever asks next loads the subject.
if redis.call('HGET', KEYS[2], 'f') == ARGV[1] then
  redis.call('DEL', KEYS[2])
end
return 1
