-- What playing devices send: each request is of one session at random, a second further on than its last.
--
--   wrk -s report.lua http://127.0.0.1:PORT -- PATH-PREFIX FILE-OF-IDS RUN
--
-- A session's position goes round nine neighbouring seconds, so every report moves it and none is a jump, which would
-- write the undo log too. RUN counts up, so that the first report of a run moves as well.

dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")

function init(arguments)
  ids = {}
  for id in io.lines(arguments[2]) do ids[#ids + 1] = id end
  head = "PATCH " .. arguments[1]
  tail = "/position HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
  base = 100 + 10 * tonumber(arguments[3])
  steps = {}
  for index = 1, #ids do steps[index] = index % 9 end
  math.randomseed(base)
end

function request()
  local index = math.random(#ids)
  local step = (steps[index] + 1) % 9
  steps[index] = step
  local body = '{"position_seconds":' .. base + step .. '.25,"playback_state":"playing"}'
  return head .. ids[index] .. tail .. #body .. "\r\n\r\n" .. body
end
