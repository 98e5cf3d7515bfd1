#!lua flags=allow-oom
-- Remove the named consumer, and those not seen for a long time, from the group: only where nothing is pending for them.
--
-- Deleting a consumer deletes its pending list too, which would lose entries: hence the check, in one step with it.
--
-- KEYS  stream
-- ARGV  group, consumer, idle time after which any consumer goes (ms)
-- Returns how many were removed.
local removed = 0
if redis.call('EXISTS', KEYS[1]) == 0 then return removed end
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local facts = {}
  for at = 1, #info, 2 do facts[info[at]] = info[at + 1] end
  if facts['pending'] == 0 and (facts['name'] == ARGV[2] or facts['idle'] >= tonumber(ARGV[3])) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], facts['name'])
    removed = removed + 1
  end
end
return removed
