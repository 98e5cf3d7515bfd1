#!lua flags=allow-oom
-- Tell the group that this consumer still works on its entries: their idle time starts again from zero.
--
-- KEYS  stream
-- ARGV  group, consumer, entry ids...
-- Returns the entry ids that this consumer holds no longer.
local lost = {}
for at = 3, #ARGV do
  local entry = ARGV[at]
  if #redis.call('XPENDING', KEYS[1], ARGV[1], entry, entry, 1, ARGV[2]) == 1 then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry, 'JUSTID')
  else
    lost[#lost + 1] = entry
  end
end
return lost
