// node bench/replay/run.mjs [--cases 10000] [--promptfoo] [--write]: what a replay costs beside the model.
// Every figure stands beside undici's own in the same run, against the same endpoint: machines differ, that ratio does less. --write puts the
// tables into docs/performance.md.
import { spawn } from 'node:child_process'
import { cpus, loadavg, tmpdir } from 'node:os'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildNodeSide, generateClient } from '../../scripts/steps.mjs'
import { bundle, runJson } from '../support/run-typescript.mjs'
import { timeCommands } from './commands.mjs'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    promptfoo: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const cases = Number(values.cases)
if (!Number.isInteger(cases) || cases < 1000) {
  process.stderr.write('--cases must be a whole number of at least 1000\n')
  process.exit(3)
}

await generateClient()
await buildNodeSide()

/** What else the machine did just before: above 0 by more than a little, the rates are those of what was left. */
const [loadBefore] = loadavg()
const program = await bundle('bench/replay/measure.ts')
const worker = await bundle('app/services/replay-worker.ts')
const folders = []
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'touchstone-bench-')))
  return folders.at(-1)
}
const say = (text) => process.stderr.write(`• ${text} …\n`)

async function startEndpoint(latencyMs, answers = 'same') {
  const child = spawn(process.execPath, [fileURLToPath(new URL('endpoint.mjs', import.meta.url)), String(latencyMs), answers], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(Number(String(chunk))))
    child.once('exit', (code) => reject(new Error(`the endpoint ended with ${code}`)))
  })
  return { baseUrl: `http://127.0.0.1:${port}/v1`, stop: () => child.kill() }
}

const quick = await startEndpoint(0)
const slow = await startEndpoint(200)
const varied = await startEndpoint(0, 'varied')
try {
  say('raw undici, to warm the machine')
  await runJson(program, ['raw', quick.baseUrl, String(Math.ceil(cases / 2))])
  say('raw undici')
  const raw = await runJson(program, ['raw', quick.baseUrl, String(cases)])
  const place = folder()
  say(`importing ${cases} cases`)
  await runJson(program, ['import', place, String(cases)])
  say('a replay with everything on')
  const replay = await runJson(program, ['replay', place, quick.baseUrl])
  say('raw undici once more')
  const rawAfter = await runJson(program, ['raw', quick.baseUrl, String(cases)])
  say('the same replay from the cache')
  const cached = await runJson(program, ['cached', place, quick.baseUrl])
  say('the event loop of a server meanwhile')
  const responsive = await runJson(program, ['responsive', place, quick.baseUrl, worker])
  const larger = folder()
  // Peaks differ by some 20 MB from run to run, as garbage is collected: over a short way that would be taken for growth.
  const many = 6 * cases
  say(`importing ${many} cases`)
  await runJson(program, ['import', larger, String(many)])
  say('a replay six times as large')
  const grown = await runJson(program, ['replay', larger, quick.baseUrl])
  say('the same from the cache')
  const grownCached = await runJson(program, ['cached', larger, quick.baseUrl])
  say('200 ms latency, 200 calls at once')
  const distant = await runJson(program, ['replay', place, slow.baseUrl, '200'])
  const rawDistant = await runJson(program, ['raw', slow.baseUrl, String(cases), '200'])
  say('the command line: help, gates whose replays or answers are there, a comparison')
  const commands = await timeCommands(folder(), varied.baseUrl)

  const rate = ({ count, engineSeconds, seconds }) => count / (engineSeconds ?? seconds)
  const rawRate = (rate(raw) + rate(rawAfter)) / 2
  const number = (value, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
  const line = (name, result) =>
    `| ${name} | ${number(rate(result))} | ${number(rate(result) / rawRate, 2)} | ${number((result.cpuSeconds / result.count) * 1000, 2)} | ${number(result.peakMb)} MB |`
  const lines = [
    `| ${number(cases)} calls, answered at once | a second | of raw undici | CPU ms each | peak memory |`,
    '|---|--:|--:|--:|--:|',
    line('undici `request` on one pool, nothing else', { ...raw, seconds: cases / rawRate }),
    line('replay: render, call, read, judge, store, tell', replay),
    line('the same from the cache', cached),
    line(`replay of ${number(many)} cases`, grown),
    line('the same from the cache', grownCached),
    '',
    '| | |',
    '|---|--:|',
    `| 200 ms latency, 200 calls at once: share of the 1,000 a second that latency allows | ${number((rate(distant) / 1000) * 100)} % |`,
    `| the same share for undici alone | ${number((rate(rawDistant) / 1000) * 100)} % |`,
    `| event loop of the server while a replay runs in its thread, p99 | ${number(responsive.p99Ms, 1)} ms |`,
    `| memory for each further 10,000 cases | ${number(((grown.peakMb - replay.peakMb) / (many - cases)) * 10_000, 1)} MB |`,
    `| database for each trial, raw answer and cache entry included | ${number(replay.bytesATrial)} bytes |`,
    `| \`touchstone --help\` | ${number(commands.helpMs)} ms |`,
    `| \`touchstone gate\` on ${commands.gateCases} cases, both replays finished | ${number(commands.gateMs)} ms |`,
    `| \`touchstone gate --new\` on the same, every answer made anew by the rehearsal model | ${number(commands.newGateMs)} ms |`,
    `| \`touchstone gate\` on ${number(commands.largeGateCases)} cases, both replays finished | ${number(commands.largeGateMs)} ms |`,
    `| \`touchstone compare A B --json\` of the same replays | ${number(commands.compareMs)} ms |`,
    `| \`touchstone gate --new\` on the same, every answer from the cache | ${number(commands.cachedGateMs)} ms |`,
  ]
  if (values.promptfoo) {
    const { runPromptfoo } = await import('./promptfoo.mjs')
    say('promptfoo on the same endpoint, 1,000 cases')
    const other = await runPromptfoo({ baseUrl: quick.baseUrl, cases: 1000, folder: folder() })
    lines.push(`| promptfoo ${other.version} on the same endpoint: cases a second | ${number(other.casesPerSecond)} |`)
    lines.push(`| a replay is faster by the factor | ${number(rate(replay) / other.casesPerSecond)} |`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  if (values.write) writeTable(lines)
} finally {
  quick.stop()
  slow.stop()
  varied.stop()
  for (const used of folders) rmSync(used, { recursive: true, force: true })
}

function writeTable(lines) {
  const file = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
  const [start, end] = ['<!-- replay: start -->', '<!-- replay: end -->']
  const text = readFileSync(file, 'utf8')
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has no place for the table: ${start} … ${end}`)
  const [cpu] = cpus()
  const machine = `Measured ${new Date().toISOString().slice(0, 10)} with Node ${process.version} on ${cpus().length} × ${cpu?.model.trim()}; load average before the run ${loadBefore.toFixed(1)}.`
  writeFileSync(file, `${text.slice(0, from + start.length)}\n\n${machine}\n\n${lines.join('\n')}\n\n${text.slice(to)}`)
}
