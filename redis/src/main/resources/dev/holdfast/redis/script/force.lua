-- ARGV: 5 '1' to free the lock at once. Answers 0 if nobody holds it, 1 if it was done, 2 if the holder's lease has no end.
local value = redis.call('GET', KEYS[1])
if not value then
  return {0}
end
local id, client = string.match(value, '^hf1|([^|]*)|[^|]*|([^|]*)|')
if ARGV[5] == '1' then
  if not pass_on(nil) then
    redis.call('DEL', KEYS[1])
    if ARGV[3] == 'barging' then
      wake()
    end
  end
else
  if redis.call('PTTL', KEYS[1]) < 0 then
    return {2}
  end
  if id then
    redis.call('SET', KEYS[1], 'hf0' .. string.sub(value, 4), 'KEEPTTL')
  else
    redis.call('SET', KEYS[1], 'hf0||||', 'KEEPTTL')
  end
end
if id then
  publish(client, 'x|' .. id)
end
return {1}
