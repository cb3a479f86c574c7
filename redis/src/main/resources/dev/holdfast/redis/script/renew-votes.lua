-- KEYS: for each lock its key and its fence. ARGV: for each of them the vote, the fence, and the lease in milliseconds.
-- Answers the clock, and for each: 1 renewed, 2 nothing stands there, 0 something else does.
local answers = {now}
for i = 1, #KEYS / 2 do
  local value = redis.pcall('GET', KEYS[2 * i - 1])
  if not value then
    answers[i + 1] = 2
  elseif starts(value, 'hf1|' .. ARGV[3 * i - 2] .. '|') then
    redis.call('PEXPIRE', KEYS[2 * i - 1], ARGV[3 * i])
    raise(KEYS[2 * i], ARGV[3 * i - 1])
    answers[i + 1] = 1
  else
    answers[i + 1] = 0
  end
end
return answers
