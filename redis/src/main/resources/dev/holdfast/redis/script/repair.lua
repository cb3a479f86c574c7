-- KEYS: 1 the lock, 2 the fence. ARGV: 1 the vote, 2 the fence of its grant, 3 the client, 4 the label, 5 the lease in milliseconds, 6 by when
-- this is worth doing. Answers the clock.
if now <= tonumber(ARGV[6]) then
  raise(KEYS[2], ARGV[2])
  redis.call('SET', KEYS[1], 'hf1|' .. ARGV[1] .. '|' .. ARGV[2] .. '|' .. ARGV[3] .. '|' .. ARGV[4], 'PX', ARGV[5], 'NX')
end
return {now}
