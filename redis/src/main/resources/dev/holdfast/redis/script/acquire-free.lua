-- The usual case before everything else, because each function that is defined below costs time in each run: the lock is free, and
-- nobody waits.
if now > tonumber(ARGV[9]) then
  return {now, 4}
end
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  local digits = string.format('%.0f', now)
  local fence = now
  -- One call instead of two, since version 6.2.
  local last = redis.pcall('SET', KEYS[4], digits, 'PX', 604800000, 'GET')
  if type(last) == 'table' then
    last = redis.call('GET', KEYS[4])
    redis.call('SET', KEYS[4], digits, 'PX', 604800000)
  end
  if last and tonumber(last) >= now then
    fence = tonumber(last) + 1
    digits = string.format('%.0f', fence)
    redis.call('SET', KEYS[4], digits, 'PX', 604800000)
  end
  redis.call('SET', KEYS[1], 'hf1|' .. ARGV[5] .. '|' .. digits .. '|' .. ARGV[4] .. '|' .. ARGV[7], 'PX', ARGV[6])
  return {now, 1, fence, 0}
end
