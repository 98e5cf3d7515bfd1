#!lua flags=allow-oom
-- Move entries that this consumer holds to the dead letters.
--
-- KEYS  stream, dead letters, errors
-- ARGV  group, consumer, error, entry ids...
-- Returns how many were moved.
local moved = 0
for at = 4, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[at], ARGV[at], 1, ARGV[2])[1]
  if pending then
    bury_entry(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[at], pending[4], ARGV[3])
    moved = moved + 1
  end
end
return moved
