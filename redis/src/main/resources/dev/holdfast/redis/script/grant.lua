-- KEYS: 1 the lock, 2 the line, 3 until when each of the line was heard of, 4 the fence.
-- ARGV: 1 the command that publishes, 2 what names of channels start with, 3 'barging' or nothing, 4 the client that asks.

-- Raises the fence. It is forgotten when it lies a week behind the clock, which goes on from there. Answers its digits too: Lua by itself
-- would round it.
local function next_fence()
  local fence, digits = now, string.format('%.0f', now)
  local last = redis.pcall('SET', KEYS[4], digits, 'PX', 604800000, 'GET')
  if type(last) == 'table' then
    -- Before version 6.2 these are two calls.
    last = redis.call('GET', KEYS[4])
    redis.call('SET', KEYS[4], digits, 'PX', 604800000)
  end
  last = last and tonumber(last)
  if last and last >= now then
    fence, digits = last + 1, string.format('%.0f', last + 1)
    redis.call('SET', KEYS[4], digits, 'PX', 604800000)
  end
  return fence, digits
end

local function hold(digits, client, id, milliseconds, label)
  redis.call('SET', KEYS[1], 'hf1|' .. id .. '|' .. digits .. '|' .. client .. '|' .. label, 'PX', milliseconds)
end
