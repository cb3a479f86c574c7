-- KEYS: 1 the lock, 2 the fence. ARGV: 1 the claim, 2 which attempt of it, 3 its lease in milliseconds, 4 the client, 5 the label,
-- 6 by when this is worth doing.
-- Answers the clock and: 1 voted (the smallest fence that this node can accept), 3 taken, 4 too late, or overtaken by a later attempt.
if now > tonumber(ARGV[6]) then
  return {now, 4}
end
local value = redis.call('GET', KEYS[1])
local voted = attempt_of(value, ARGV[1])
if value and not voted then
  return {now, 3}
end
if voted and voted > tonumber(ARGV[2]) then
  return {now, 4}
end
if voted ~= tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], 'hf1|' .. ARGV[1] .. '.' .. ARGV[2] .. '|0|' .. ARGV[4] .. '|' .. ARGV[5], 'PX', ARGV[3])
end
local last = redis.pcall('GET', KEYS[2])
return {now, 1, math.max((type(last) == 'string' and tonumber(last) or 0) + 1, now)}
