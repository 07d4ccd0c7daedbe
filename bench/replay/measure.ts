// One measurement in a process of its own: `raw BASE_URL COUNT [CONNECTIONS]`, `import FOLDER COUNT`, `replay FOLDER BASE_URL CONCURRENCY`,
// `cached FOLDER BASE_URL`, `responsive FOLDER BASE_URL WORKER`. Prints one JSON document.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Agent, request } from 'undici'
import { openWorkspace } from '~/services/workspace'
import { makeCases } from '../support/cases'

const [step = '', place = '', ...rest] = process.argv.slice(2)
const promptText = `# Rules\n\n### H1 — Hate\n\nNo hate.\n\n${'Read the item as a stranger would and judge the words on the screen. '.repeat(40)}`

async function measure<Result extends object>(work: () => Promise<Result>) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const result = await work()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { ...result, seconds, cpuSeconds: (user + system) / 1e6, peakMb: process.resourceUsage().maxRSS / 1024 }
}

const open = (folder: string, replayRunner: 'inline' | { workerFile: string } = 'inline') => {
  const databaseUrl = `file:${join(folder, 'touchstone.db')}`
  const environment = {
    databaseUrl,
    dataFolder: folder,
    openaiApiKey: null,
    openaiBaseUrl: null,
    maxCostUsd: null,
    host: '127.0.0.1',
    port: 0,
  }
  return openWorkspace({ databaseUrl, environment, replayRunner })
}
const databaseBytes = (folder: string) => statSync(join(folder, 'touchstone.db')).size

async function prepare(
  workspace: Awaited<ReturnType<typeof open>>,
  baseUrl: string,
  options: { concurrency?: number; cache?: 'use' | 'off' },
) {
  const { replay } = await workspace.replays.prepare({
    policySlug: 'bench',
    prompt: { text: promptText },
    goldenSet: 'cases',
    model: { provider: 'openai', name: 'bench', api: 'chat', baseUrl },
    options,
    author: 'bench',
    fresh: true,
  })
  return replay
}

const steps: Record<string, () => Promise<object>> = {
  /** Plain requests of about the same size, read as JSON: what the machine and the endpoint give. */
  async raw() {
    const [count = 0, connections = 64] = rest.map(Number)
    const dispatcher = new Agent({ connections })
    const url = `${place}/chat/completions`
    const messages = [{ role: 'system', content: promptText }]
    let next = 0
    return await measure(async () => {
      const caller = async () => {
        while (next < count) {
          const content = `case ${next++}`
          const body = JSON.stringify({ model: 'bench', messages: [...messages, { role: 'user', content }] })
          const response = await request(url, { method: 'POST', dispatcher, headers: { 'content-type': 'application/json' }, body })
          await response.body.json()
        }
      }
      await Promise.all(Array.from({ length: connections }, caller))
      return { count }
    })
  },

  async import() {
    await using workspace = closing(await open(place))
    return await measure(async () => {
      await workspace.goldenSets.importCases({
        policySlug: 'bench',
        goldenName: 'cases',
        cases: makeCases(Number(rest[0])),
        mode: 'mirror',
        author: 'bench',
        message: 'cases',
      })
      return { count: Number(rest[0]) }
    })
  },

  async replay() {
    const [baseUrl = '', concurrency] = rest
    await using workspace = closing(await open(place))
    const replay = await prepare(workspace, baseUrl, concurrency ? { concurrency: Number(concurrency) } : {})
    const before = databaseBytes(place)
    let ran = 0
    const measured = await measure(async () => {
      const report = await workspace.replays.run(replay.id)
      ran = report.durationMs
      return { count: report.done, status: report.status }
    })
    return { ...measured, engineSeconds: ran / 1000, bytesATrial: (databaseBytes(place) - before) / measured.count }
  },

  async cached() {
    await using workspace = closing(await open(place))
    const replay = await prepare(workspace, rest[0] ?? '', {})
    let cached = 0
    const measured = await measure(async () => {
      const report = await workspace.replays.run(replay.id)
      cached = report.progress.cached
      return { count: report.done, engineSeconds: report.durationMs / 1000 }
    })
    return { ...measured, cached }
  },

  /** The event loop of a server while a replay runs at full speed in its thread. */
  async responsive() {
    const [baseUrl = '', workerFile = ''] = rest
    await using workspace = closing(await open(place, { workerFile }))
    const replay = await prepare(workspace, baseUrl, { cache: 'off' })
    const delay = monitorEventLoopDelay({ resolution: 5 })
    return await measure(async () => {
      const ended = new Promise<void>((resolve) => {
        workspace.replays.subscribe(replay.id, (event) => {
          if (event.type === 'ended') resolve()
        })
      })
      delay.enable()
      await workspace.replays.start(replay.id)
      await ended
      delay.disable()
      return { count: replay.total, p99Ms: Math.max(0, delay.percentile(99) / 1e6 - 5) }
    })
  },
}

function closing<Value extends { close(): Promise<void> }>(value: Value): Value & AsyncDisposable {
  return { ...value, [Symbol.asyncDispose]: () => value.close() }
}

process.stdout.write(JSON.stringify(await steps[step]!()))
