#!lua flags=allow-oom
-- Move dead letters back to the end of the stream that they came from, as new entries with no deliveries yet.
--
-- KEYS  stream, dead letters
-- ARGV  dead letter ids...
-- Returns how many were moved.
local moved = 0
for _, id in ipairs(ARGV) do
  local found = redis.call('XRANGE', KEYS[2], id, id)[1]
  if found then
    local fields = {}
    for at = 1, #found[2], 2 do
      if string.sub(found[2][at], 1, 5) ~= 'dead-' then
        fields[#fields + 1] = found[2][at]
        fields[#fields + 1] = found[2][at + 1]
      end
    end
    redis.call('XADD', KEYS[1], '*', unpack(fields))
    redis.call('XDEL', KEYS[2], id)
    moved = moved + 1
  end
end
return moved
