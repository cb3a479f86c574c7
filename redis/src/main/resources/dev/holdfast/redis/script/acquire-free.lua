-- The usual case before everything else, because each function that is defined below costs time in each run: the lock is free, and
-- nobody waits.
if now > tonumber(ARGV[9]) then
  return {now, 4}
end
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  local fence, digits = next_fence()
  hold(digits, ARGV[4], ARGV[5], ARGV[6], ARGV[7])
  return {now, 1, fence, 0}
end
