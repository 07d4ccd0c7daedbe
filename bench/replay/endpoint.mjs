// node bench/replay/endpoint.mjs [LATENCY_MS] [same | varied]: a loopback endpoint that answers every chat completion at once, or after so
// many milliseconds: what is measured against it is the caller alone. "varied" answers by what is asked, which it has to look at. Prints its
// port. Started by bench/replay/run.mjs.
import { createHash } from 'node:crypto'
import http from 'node:http'

const latencyMs = Number(process.argv[2] ?? 0)
const isVaried = process.argv[3] === 'varied'

function createBody(label) {
  const text = JSON.stringify({ rationale: 'It names a group and likens it to vermin.', label, rules: [], confidence: 0.9 })
  return Buffer.from(
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
}

const bodies = { violates: createBody('violates'), allowed: createBody('allowed') }

function answer(response, body) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}

const server = http.createServer((request, response) => {
  const hash = isVaried ? createHash('sha1') : null
  if (hash) request.on('data', (chunk) => hash.update(chunk))
  else request.resume()
  request.on('end', () => {
    // A third is allowed.
    const body = hash !== null && hash.digest()[0] % 3 === 0 ? bodies.allowed : bodies.violates
    if (latencyMs > 0) setTimeout(answer, latencyMs, response, body)
    else answer(response, body)
  })
})
server.keepAliveTimeout = 60_000
server.on('connection', (socket) => socket.setNoDelay(true))
server.listen(0, '127.0.0.1', 1024, () => process.stdout.write(`${server.address().port}\n`))
