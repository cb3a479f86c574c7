local function is_of(value, id)
  local start = 'hf1|' .. id .. '|'
  return value and string.sub(value, 1, #start) == start
end

-- What a claim is told whose lock this is: its fence, and whether others wait.
local function granted_again(value, lease)
  redis.call('PEXPIRE', KEYS[1], lease)
  return tonumber(string.match(value, '^hf1|[^|]*|([^|]*)|')), redis.call('EXISTS', KEYS[2])
end

local function leave(member)
  redis.call('ZREM', KEYS[2], member)
  redis.call('ZREM', KEYS[3], member)
end

-- Lets the first in line know that the lock is free, without giving it to him.
local function wake()
  while true do
    local head = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
    if not head then
      return
    end
    local client, id = string.match(head, '^([^|]*)|([^|]*)|')
    if publish(client, 'w|' .. id) > 0 then
      return
    end
    leave(head)
  end
end

-- Takes a place in line, or keeps it. What is in line and has not been heard of for a lease time goes.
local function stand(member, lease, value)
  local came = not redis.call('ZSCORE', KEYS[2], member)
  if came then
    local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
    redis.call('ZADD', KEYS[2], (last and tonumber(last) or 0) + 1, member)
  end
  redis.call('ZADD', KEYS[3], now + lease * 1000, member)
  for _, silent in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 16)) do
    leave(silent)
  end
  if redis.call('PTTL', KEYS[2]) < lease then
    redis.call('PEXPIRE', KEYS[2], lease)
    redis.call('PEXPIRE', KEYS[3], lease)
  end
  local rank = redis.call('ZRANK', KEYS[2], member)
  if value and (came or rank == 0) then
    local id, client = string.match(value, '^hf1|([^|]*)|[^|]*|([^|]*)|')
    if id and client ~= ARGV[4] then
      publish(client, 'c|' .. id)
    end
  end
  return rank
end

local function is_foreign(value)
  local start = string.sub(value, 1, 4)
  return start ~= 'hf1|' and start ~= 'hf0|'
end

-- The lock is taken: 2 for a place in line, 3 without one.
local function taken(waits, member, lease)
  local value = redis.call('GET', KEYS[1])
  local left = redis.call('PTTL', KEYS[1])
  if waits then
    local rank = stand(member, lease, value)
    return {now, 2, left, rank, (value and is_foreign(value)) and 1 or 0}
  end
  return {now, 3, left}
end
