-- ARGV: 5 the claim, 6 its lease, 7 its label, 8 '1' if it may stand in line; and the next claim, if there is one: 9 its id, 10 its
-- lease, 11 its label, 12 '1' to stand in line, 13 by when it is worth doing.
-- Answers whether the claim held the lock, the clock, and for a next claim what an acquisition answers, without the clock.
local held = is_of(value, ARGV[5])
if ARGV[8] == '1' then
  leave(table.concat({ARGV[4], ARGV[5], ARGV[6], ARGV[7]}, '|'))
end
local next = ARGV[9]
local member = next and table.concat({ARGV[4], ARGV[9], ARGV[10], ARGV[11]}, '|')
local waits = ARGV[12] == '1'
if next and now > tonumber(ARGV[13]) then
  next, member = nil, nil
end

-- What a next claim is told once the lock was passed on to another.
local function behind()
  local left = redis.call('PTTL', KEYS[1])
  if waits then
    return {held and 1 or 0, now, 2, left, redis.call('ZRANK', KEYS[2], member), 0}
  end
  return {held and 1 or 0, now, 3, left}
end

-- Whoever asks first gets the lock: those in line, who are told of it, or anybody else. A next claim that does not wait asks now.
local function free_for_all()
  redis.call('DEL', KEYS[1])
  if next and not waits then
    local fence, digits = next_fence()
    hold(digits, ARGV[4], ARGV[9], tonumber(ARGV[10]), ARGV[11])
    return {held and 1 or 0, now, 1, fence, redis.call('EXISTS', KEYS[2])}
  end
  local rank = next and stand(member, tonumber(ARGV[10]))
  wake()
  return next and {held and 1 or 0, now, 2, -2, rank, 0}
end

local function free()
  if ARGV[3] == 'barging' then
    return free_for_all()
  end
  if next and waits and redis.call('EXISTS', KEYS[2]) == 1 then
    stand(member, tonumber(ARGV[10]))
  end
  local head = pass_on(member)
  if head and head ~= member then
    return next and behind()
  end
  if next then
    local fence, digits = next_fence()
    hold(digits, ARGV[4], ARGV[9], tonumber(ARGV[10]), ARGV[11])
    return {held and 1 or 0, now, 1, fence, head and redis.call('EXISTS', KEYS[2]) or 0}
  end
  redis.call('DEL', KEYS[1])
end

if held or not value then
  local done, answer = pcall(free)
  if not done then
    -- Whatever a server that is out of memory refuses, it lets go of the lock.
    if held then
      redis.call('DEL', KEYS[1])
    end
    if next or not held then
      return type(answer) == 'table' and answer or {err = answer}
    end
    return {1, now}
  end
  return answer or {held and 1 or 0, now}
end
if not next then
  return {0, now}
end
if is_of(value, ARGV[9]) then
  -- A try before did it all.
  local fence, others = granted_again(value, tonumber(ARGV[10]))
  return {0, now, 1, fence, others}
end
local answer = taken(waits, member, tonumber(ARGV[10]))
return {0, now, answer[2], answer[3], answer[4], answer[5]}
