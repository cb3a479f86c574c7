-- KEYS: 1 the lock, 2 the fence. ARGV: 1 the claim, 2 its last attempt, 3 the fence of its grant, or 0.
-- Answers the clock, and whether a vote for this attempt or an earlier one stood there.
local voted = attempt_of(redis.pcall('GET', KEYS[1]), ARGV[1])
local ours = voted and voted <= tonumber(ARGV[2])
if ours then
  redis.call('DEL', KEYS[1])
end
if ARGV[3] ~= '0' then
  raise(KEYS[2], ARGV[3])
end
return {now, ours and 1 or 0}
