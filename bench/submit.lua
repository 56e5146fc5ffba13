-- What respondents send: each request is the next answer of a session at random, to one of sixty sliders in turn.
--
--   wrk -s submit.lua http://127.0.0.1:PORT -- PATH FILE-OF-IDS FILE-OF-QUESTIONS RUN
--
-- RUN counts up; each begins fifteen questions further on, so that four runs answer each question for the first time.

dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")

function lines(name)
  local list = {}
  for line in io.lines(name) do list[#list + 1] = line end
  return list
end

function init(arguments)
  ids = lines(arguments[2])
  questions = lines(arguments[3])
  head = "POST " .. arguments[1] .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
  local run = tonumber(arguments[4])
  value = 1 + run % 10
  steps = {}
  for index = 1, #ids do steps[index] = 15 * run end
  math.randomseed(run)
end

function request()
  local index = math.random(#ids)
  local step = steps[index] % #questions + 1
  steps[index] = step
  local body = '{"session_id":"' .. ids[index] .. '","question_id":' .. questions[step] ..
    ',"answer":{"type":"slider","value":' .. value .. "}}"
  return head .. #body .. "\r\n\r\n" .. body
end
