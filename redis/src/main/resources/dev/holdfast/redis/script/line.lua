-- Until a client that was granted a lock by a push is heard of, in milliseconds.
local CLAIM = 3000

local function publish(client, message)
  return redis.call(ARGV[1], ARGV[2] .. client, message)
end

-- Passes the lock, which is free or about to be, on to the first in line who can be reached. Returns his entry; if that is the asker's own,
-- it was only taken out of the line. Returns nothing if nobody is left: then the lock's key means nothing any more. The lock is
-- written before it is announced, because a server that is out of memory refuses to write.
local function pass_on(own)
  if ARGV[3] == 'barging' then
    return nil
  end
  local digits
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
      if not digits then
        local fence
        fence, digits = next_fence()
      end
      hold(digits, client, id, first, label)
      local more = redis.call('EXISTS', KEYS[2])
      local message = 'g|' .. id .. '|' .. digits .. '|' .. string.format('%.0f', now) .. '|' .. first .. '|' .. more
      if publish(client, message) > 0 then
        return head
      end
    end
  end
end
