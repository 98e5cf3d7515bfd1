#!lua flags=allow-oom
-- Take over entries that were idle for too long, and bury those that were delivered too often.
--
-- KEYS  stream, dead letters, errors
-- ARGV  group, consumer, minimum idle time (ms), most entries to take, delivery cap, delivery from which an entry comes alone
-- Returns {buried, {{entry id, delivery number, {field, value...}}...}}.
local group, consumer, idle, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local cap, alone_from = tonumber(ARGV[5]), tonumber(ARGV[6])
local buried, taken = 0, {}

for _, pending in ipairs(redis.call('XPENDING', KEYS[1], group, 'IDLE', idle, '-', '+', most)) do
  local entry, deliveries = pending[1], pending[4]
  if deliveries >= cap then
    local reason = redis.call('HGET', KEYS[3], entry) or 'consumer vanished without an answer'
    bury_entry(KEYS[1], KEYS[2], KEYS[3], group, entry, deliveries, reason)
    buried = buried + 1
  else
    -- What may have killed its consumer twice must not take healthy neighbours to the grave with it.
    local suspect = deliveries + 1 >= alone_from
    if suspect and #taken > 0 then break end
    local claimed = redis.call('XCLAIM', KEYS[1], group, consumer, 0, entry)[1]
    if claimed then
      taken[#taken + 1] = { entry, deliveries + 1, claimed[2] }
    else
      redis.call('XACK', KEYS[1], group, entry)
    end
    if suspect then break end
  end
end
return { buried, taken }
