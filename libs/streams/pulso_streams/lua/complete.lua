#!lua flags=allow-oom
-- Acknowledge and delete entries; with a next stream, move each into it as its next message.
--
-- `allow-oom`: draining must go on when the memory is full, or nothing would ever free it.
--
-- KEYS  stream, errors [, next stream]
-- ARGV  group, limit on the next stream's length, then per entry: entry id [, id, type, headers, body]
-- Returns how many entries were still pending and are now done, or -1 when the next stream is full (nothing changed).
local group, limit, next_stream = ARGV[1], tonumber(ARGV[2]), KEYS[3]
local width = next_stream and 5 or 1
if next_stream and redis.call('XLEN', next_stream) >= limit then return -1 end

local done = 0
for at = 3, #ARGV, width do
  local entry = ARGV[at]
  -- An entry that another consumer claimed and finished is no longer pending: adding it again would count it twice.
  if #redis.call('XPENDING', KEYS[1], group, entry, entry, 1) == 1 then
    if next_stream then
      redis.call('XADD', next_stream, '*',
        'id', ARGV[at + 1], 'type', ARGV[at + 2], 'headers', ARGV[at + 3], 'body', ARGV[at + 4])
    end
    redis.call('XACK', KEYS[1], group, entry)
    redis.call('XDEL', KEYS[1], entry)
    redis.call('HDEL', KEYS[2], entry)
    done = done + 1
  end
end
return done
