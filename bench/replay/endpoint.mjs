// A loopback endpoint that answers every chat completion at once, or after --latency-ms: what is measured against it is the caller alone.
// Prints its port. Started by bench/replay/run.mjs.
import http from 'node:http'

const latencyMs = Number(process.argv[2] ?? 0)
const text = JSON.stringify({ rationale: 'It names a group and likens it to vermin.', label: 'violates', rules: [], confidence: 0.9 })
const body = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1760000000,
    model: 'bench',
    choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 400, completion_tokens: 30, total_tokens: 430 },
    system_fingerprint: 'fp_bench',
  }),
)
const headers = { 'content-type': 'application/json', 'content-length': body.length }

const server = http.createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const answer = () => {
      response.writeHead(200, headers)
      response.end(body)
    }
    if (latencyMs > 0) setTimeout(answer, latencyMs)
    else answer()
  })
})
server.keepAliveTimeout = 60_000
server.on('connection', (socket) => socket.setNoDelay(true))
server.listen(0, '127.0.0.1', 1024, () => process.stdout.write(`${server.address().port}\n`))
