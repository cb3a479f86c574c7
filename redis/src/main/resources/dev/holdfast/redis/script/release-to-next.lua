-- The usual case when others wait, before everything else: the claim holds the lock, there is no next one, and somebody in line can be reached. What
-- fails here is tried again below.
if mine then
  local done, head = pcall(pass_on)
  if done and head then
    return {1, now}
  end
end
