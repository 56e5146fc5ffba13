-- What a playing device sends: one session at random, a second further on than that session's last report.
--
--   wrk -s report.lua http://127.0.0.1:PORT -- FILE-OF-IDS PATH-PREFIX RUN
--
-- A session's position goes through nine neighbouring seconds, so every report moves it and none is a jump, which would
-- write the undo log too. RUN is another whole number each time, so that the first report of a run moves as well.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  ids = {}
  for id in io.lines(arguments[1]) do ids[#ids + 1] = id end
  head = "PATCH " .. arguments[2]
  tail = "/position HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
  base = 100 + 10 * tonumber(arguments[3])
  steps = {}
  for index = 1, #ids do steps[index] = index % 9 end
  math.randomseed(number * 7919 + base)
end

function request()
  local index = math.random(#ids)
  local step = (steps[index] + 1) % 9
  steps[index] = step
  local body = '{"position_seconds":' .. base + step .. '.25,"playback_state":"playing"}'
  return head .. ids[index] .. tail .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local errors = summary.errors
  local output = io.open(os.getenv("REPORT_OUTPUT"), "w")
  output:write(string.format("%.0f %.2f %.2f %d %d\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
  output:close()
end
