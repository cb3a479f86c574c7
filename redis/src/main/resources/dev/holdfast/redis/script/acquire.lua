-- ARGV: 5 the claim, 6 its lease in milliseconds, 7 its label, 8 '1' to stand in line, 9 by when this is worth doing.
-- Answers the clock and: 1 granted (fence, whether others wait), 2 in line (time left, rank, whether the holder is foreign), 3 taken, 4 too late.
local lease = tonumber(ARGV[6])
local member = table.concat({ARGV[4], ARGV[5], ARGV[6], ARGV[7]}, '|')
local value = redis.call('GET', KEYS[1])
if is_of(value, ARGV[5]) then
  -- Granted before, by an answer or a push that got lost or is to be confirmed.
  leave(member)
  local fence, others = granted_again(value, lease)
  return {now, 1, fence, others}
end
if not value then
  -- The holder's lease ran out, or its key was removed: whoever comes first sees to it that those in line are served.
  local head = pass_on(member)
  if ARGV[3] == 'barging' then
    leave(member)
    head = member
  end
  if not head or head == member then
    local fence, digits = next_fence()
    hold(digits, ARGV[4], ARGV[5], lease, ARGV[7])
    return {now, 1, fence, head and redis.call('EXISTS', KEYS[2]) or 0}
  end
end
return taken(ARGV[8] == '1', member, lease)
