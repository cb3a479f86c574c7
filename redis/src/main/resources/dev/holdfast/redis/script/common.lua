-- KEYS: 1 the lock, 2 the line, 3 until when each of the line was heard of, 4 the fence.
-- ARGV: 1 the command that publishes, 2 what names of channels start with, 3 'barging' or nothing, 4 the client that asks.
-- Until a client that was granted a lock by a push is heard of, in milliseconds.
local CLAIM = 3000
-- A fence is forgotten when it lies a week behind the clock, which goes on from there.
local WEEK = 604800000

-- Not %.14g, which is what Lua makes of a number by itself.
local function digits(number)
  return string.format('%.0f', number)
end

local function is_of(value, id)
  local start = 'hf1|' .. id .. '|'
  return value and string.sub(value, 1, #start) == start
end

local function publish(client, message)
  return redis.call(ARGV[1], ARGV[2] .. client, message)
end

local function next_fence()
  local last = redis.call('GET', KEYS[4])
  return math.max((last and tonumber(last) or 0) + 1, now)
end

local function hold(fence, client, id, milliseconds, label)
  redis.call('SET', KEYS[4], digits(fence), 'PX', WEEK)
  redis.call('SET', KEYS[1], 'hf1|' .. id .. '|' .. digits(fence) .. '|' .. client .. '|' .. label,
    'PX', milliseconds)
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

-- Passes the lock, which is free or about to be, on to the first in line who can be reached. Returns his entry; if that is the asker's own,
-- it was only taken out of the line. Returns nothing if nobody is left: then the lock's key means nothing any more. The lock is
-- written before it is announced, because a server that is out of memory refuses to write.
local function pass_on(own)
  if ARGV[3] == 'barging' then
    return nil
  end
  local fence
  while true do
    local head = redis.call('ZPOPMIN', KEYS[2])[1]
    if not head then
      return nil
    end
    local deadline = redis.call('ZSCORE', KEYS[3], head)
    redis.call('ZREM', KEYS[3], head)
    if head == own then
      return head
    end
    if deadline and tonumber(deadline) > now then
      local client, id, lease, label = string.match(head, '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
      local first = math.min(tonumber(lease), CLAIM)
      fence = fence or next_fence()
      hold(fence, client, id, first, label)
      local more = redis.call('EXISTS', KEYS[2])
      if publish(client, table.concat({'g', id, digits(fence), digits(now), first, more}, '|')) > 0 then
        return head
      end
    end
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
