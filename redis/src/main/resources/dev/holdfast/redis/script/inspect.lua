-- KEYS: 1 the lock, 2 the line. Answers what stands in the lock's key, shortened, how long it will, and how many wait.
local value = redis.pcall('GET', KEYS[1])
if type(value) ~= 'string' then
  return value or {}
end
return {string.sub(value, 1, 1500), redis.call('PTTL', KEYS[1]), redis.call('ZCARD', KEYS[2])}
