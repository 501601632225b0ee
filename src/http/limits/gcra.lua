-- Counts one request. KEYS[1]: class and person. ARGV[1]: microseconds it takes to get one request back. ARGV[2]: requests at once.
-- The value is the instant, in microseconds, at which the person has everything back; the key ends with it.
-- Answers {allowed, left, microseconds to wait}.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local each = tonumber(ARGV[1])
local full_again = tonumber(redis.call('GET', KEYS[1]) or '0')
if full_again < now then full_again = now end
local next = full_again + each
local wait = next - each * ARGV[2] - now
if wait > 0 then return {0, 0, wait} end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return {1, math.floor(-wait / each), 0}
