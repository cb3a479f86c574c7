-- KEYS: 1 the lock. ARGV: 1 '1' to free the lock at once.
-- Answers the clock, and 0 if nothing stands there, 1 if it was done, 2 if what stands there has no end.
local value = redis.call('GET', KEYS[1])
if not value then
  return {now, 0}
end
if ARGV[1] == '1' then
  redis.call('DEL', KEYS[1])
  return {now, 1}
end
if redis.call('PTTL', KEYS[1]) < 0 then
  return {now, 2}
end
redis.call('SET', KEYS[1], starts(value, 'hf1|') and 'hf0' .. string.sub(value, 4) or 'hf0||||', 'KEEPTTL')
return {now, 1}
