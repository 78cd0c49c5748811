-- The store's clock (R19), in microseconds: one reading for everything that the script does.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
