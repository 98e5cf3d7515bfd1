#!lua flags=allow-oom
-- Make a consumer group, and the stream with it, where there is none.
--
-- `allow-oom`: a worker that starts while the memory is full must be able to drain it; XGROUP by itself is refused then.
--
-- KEYS  stream
-- ARGV  group
-- Returns 1 when it was made, 0 when it was there.
local answer = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if not answer['err'] then return 1 end
if string.find(answer['err'], 'BUSYGROUP', 1, true) then return 0 end
return answer
