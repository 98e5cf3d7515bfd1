#!lua flags=allow-oom
-- Give entries that this consumer holds to nobody in particular, so that any consumer can claim them.
--
-- KEYS  stream, errors
-- ARGV  group, consumer, heir, idle time to set (ms), 1 to forget this delivery, error or '', entry ids...
-- Returns how many were put back.
local group, consumer, heir, idle = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local forgiven, reason = tonumber(ARGV[5]), ARGV[6]
local moved = 0
for at = 7, #ARGV do
  local entry = ARGV[at]
  local pending = redis.call('XPENDING', KEYS[1], group, entry, entry, 1, consumer)[1]
  if pending then
    if reason ~= '' then redis.call('HSET', KEYS[2], entry, reason) end
    redis.call('XCLAIM', KEYS[1], group, heir, 0, entry,
      'IDLE', idle, 'RETRYCOUNT', math.max(pending[4] - forgiven, 0), 'JUSTID')
    moved = moved + 1
  end
end
return moved
