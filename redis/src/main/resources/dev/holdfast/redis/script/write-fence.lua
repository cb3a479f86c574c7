-- KEYS: 1 the lock, 2 the fence. ARGV: 1 the vote, 2 the fence of its grant, 3 the client, 4 the label.
-- Answers the clock, and whether the vote stands and the fence was written.
local start = 'hf1|' .. ARGV[1] .. '|'
if not starts(redis.call('GET', KEYS[1]), start) then
  return {now, 0}
end
local problem = raise(KEYS[2], ARGV[2])
if type(problem) == 'table' and problem.err then
  return problem
end
redis.call('SET', KEYS[1], start .. ARGV[2] .. '|' .. ARGV[3] .. '|' .. ARGV[4], 'KEEPTTL')
return {now, 1}
