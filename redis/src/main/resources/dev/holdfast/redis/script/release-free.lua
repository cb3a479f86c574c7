-- The usual case before everything else: the claim holds the lock, nobody waits, and there is no next one. The clock is not asked.
local value = redis.call('GET', KEYS[1])
if value and not ARGV[9] and ARGV[8] == '0' and redis.call('EXISTS', KEYS[2]) == 0 then
  local start = 'hf1|' .. ARGV[5] .. '|'
  if string.sub(value, 1, #start) == start then
    redis.call('DEL', KEYS[1])
    return {1, 0}
  end
end
