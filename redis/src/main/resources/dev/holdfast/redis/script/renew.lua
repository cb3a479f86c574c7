-- KEYS: locks. ARGV: for each of them the claim and its lease in milliseconds. Answers the clock, and for each whether the claim holds it.
local time = redis.call('TIME')
local answers = {time[1] * 1000000 + time[2]}
for i, key in ipairs(KEYS) do
  local value = redis.pcall('GET', key)
  local start = 'hf1|' .. ARGV[2 * i - 1] .. '|'
  if type(value) == 'string' and string.sub(value, 1, #start) == start then
    redis.call('PEXPIRE', key, ARGV[2 * i])
    answers[i + 1] = 1
  else
    answers[i + 1] = 0
  end
end
return answers
