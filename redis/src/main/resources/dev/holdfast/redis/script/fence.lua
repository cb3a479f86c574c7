-- Keeps the largest fencing token. Whatever else stands in the counter's key gives way.
local function raise(key, fence)
  local last = redis.pcall('GET', key)
  if type(last) ~= 'string' or (tonumber(last) or 0) < tonumber(fence) then
    return redis.pcall('SET', key, fence, 'PX', 604800000)
  end
end

local function starts(value, start)
  return type(value) == 'string' and string.sub(value, 1, #start) == start
end

-- Which attempt of a claim a value is the vote for, or nothing.
local function attempt_of(value, claim)
  local start = 'hf1|' .. claim .. '.'
  return starts(value, start) and tonumber(string.match(string.sub(value, #start + 1), '^%d+'))
end
