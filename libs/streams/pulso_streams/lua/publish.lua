#!lua
-- Add a batch of messages to their shards: all of them, or none.
--
-- No `allow-oom` flag: out of memory, on a read-only replica or on a full disk the server refuses the whole script.
--
-- KEYS  streams (ARGV[1] of them), then one de-duplication key per message
-- ARGV  number of streams, publisher's token, time to live of de-duplication keys (ms), limit on a shard's length,
--       then per message: index of its stream, id, type, headers, body
-- Returns {1, added, added...} with 1 for each message added and 0 for each duplicate, or {0} when a shard is full.
local shards, token, ttl, limit = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local result, fresh, room = { 1 }, {}, {}

for i = 1, #KEYS - shards do
  local publisher = redis.call('GET', KEYS[shards + i])
  if publisher then
    -- Our own token means that this very call ran before and only its answer was lost.
    result[i + 1] = (publisher == token) and 1 or 0
  else
    local shard = tonumber(ARGV[5 * i])
    room[shard] = (room[shard] or limit - redis.call('XLEN', KEYS[shard])) - 1
    if room[shard] < 0 then return { 0 } end
    fresh[#fresh + 1] = i
    result[i + 1] = 1
  end
end

for _, i in ipairs(fresh) do
  local at = 5 * i
  redis.call('SET', KEYS[shards + i], token, 'PX', ttl)
  redis.call('XADD', KEYS[tonumber(ARGV[at])], '*',
    'id', ARGV[at + 1], 'type', ARGV[at + 2], 'headers', ARGV[at + 3], 'body', ARGV[at + 4])
end
return result
