-- Shared by scripts: move one pending entry to the dead letters, with what is known about its death.
local function bury_entry(stream, dead, errors, group, entry, deliveries, reason)
  local found = redis.call('XRANGE', stream, entry, entry)[1]
  if found then
    local fields = found[2]
    for _, value in ipairs({ 'dead-error', reason, 'dead-origin', entry, 'dead-group', group, 'dead-deliveries', deliveries }) do
      fields[#fields + 1] = value
    end
    redis.call('XADD', dead, '*', unpack(fields))
  end
  redis.call('XACK', stream, group, entry)
  redis.call('XDEL', stream, entry)
  redis.call('HDEL', errors, entry)
end
