-- KEYS: 1 the lock. Answers the clock, how long what stands there will, and what it is, shortened.
local value = redis.pcall('GET', KEYS[1])
if type(value) ~= 'string' then
  return value or {now, 0}
end
return {now, redis.call('PTTL', KEYS[1]), string.sub(value, 1, 1500)}
