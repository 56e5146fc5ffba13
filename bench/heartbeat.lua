-- Signs of life of a live event's players: each request is of one player picked at random.
--
--   wrk -s heartbeat.lua http://127.0.0.1:PORT -- PATH-PREFIX FILE-OF-THE-EVENT

dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")

function init(arguments)
  local lines = {}
  for line in io.lines(arguments[2]) do lines[#lines + 1] = line end
  tokens = {}
  for index = 6, #lines do tokens[#tokens + 1] = lines[index]:match("^(%S+)") end
  head = "POST " .. arguments[1] .. lines[1] .. "/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" ..
    "Content-Length: 16\r\nAuthorization: Bearer "
  math.randomseed(os.time())
end

function request()
  return head .. tokens[math.random(#tokens)] .. '\r\n\r\n{"hidden":false}'
end
