-- What every script writes at its end, to the file that REPORT_OUTPUT names: requests/s, p50 and p99 in ms, answers that are
-- not 2xx, and requests without an answer.

function done(summary, latency)
  local errors = summary.errors
  local output = io.open(os.getenv("REPORT_OUTPUT"), "w")
  output:write(string.format("%.0f %.2f %.2f %d %d\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
  output:close()
end
