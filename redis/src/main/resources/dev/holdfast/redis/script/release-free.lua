-- The usual case before everything else: the claim holds the lock, nobody waits, and there is no next one. The clock is not asked.
local value = redis.call('GET', KEYS[1])
local mine = false
if value and not ARGV[9] and ARGV[8] == '0' then
  local start = 'hf1|' .. ARGV[5] .. '|'
  mine = string.sub(value, 1, #start) == start
  if mine and redis.call('EXISTS', KEYS[2]) == 0 then
    redis.call('DEL', KEYS[1])
    return {1, 0}
  end
end
