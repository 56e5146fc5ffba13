-- What a page asks when somebody comes back: each request is of one session at random.
--
--   wrk -s look.lua http://127.0.0.1:PORT -- WHAT FILE-OF-IDS      such as validate or progress

dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")

function init(arguments)
  ids = {}
  for id in io.lines(arguments[2]) do ids[#ids + 1] = id end
  tail = "/" .. arguments[1] .. " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
end

function request()
  return "GET /api/v2/session/" .. ids[math.random(#ids)] .. tail
end
