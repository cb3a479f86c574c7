-- KEYS: locks. ARGV: for each of them the claim and its lease in milliseconds. Answers the clock, and for each whether the claim holds it.
local answers = {now}
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
