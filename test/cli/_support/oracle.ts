import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

export const oracleScript = '../shared/tools/openai-oracle.mjs'
export const hatecheckCases = '../shared/data/hatecheck/test_suite_cases.csv'
const answers = '../shared/data/hatecheck/recorded-answers.jsonl'

/** Why the tests against recorded answers cannot run here; null where they can. */
export const noOracle = [oracleScript, hatecheckCases, answers].every((file) => existsSync(file))
  ? null
  : 'the recorded answers are not beside this checkout (../shared)'

type Oracle = {
  baseUrl: string
  reset(options?: Record<string, number>): Promise<void>
  stats(): Promise<{ requests: number; uniqueContents: number; repeatedRequests: number }>
}

/** The recorded answers behind an OpenAI-compatible endpoint, for the tests of one file. */
export function useOracle(): Oracle {
  let port = 0
  let stop = () => {}
  beforeAll(async () => {
    if (noOracle) return
    port = await freePort()
    const child = spawn(process.execPath, [oracleScript, '--answers', answers, '--port', String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    stop = () => child.kill()
    await new Promise<void>((ready, fail) => {
      child.stdout.once('data', () => ready())
      child.once('exit', (code) => fail(new Error(`the oracle ended with code ${code}`)))
    })
  })
  afterAll(() => stop())
  const root = () => `http://127.0.0.1:${port}`
  return {
    get baseUrl() {
      return `${root()}/v1`
    },
    async reset(options = {}) {
      await fetch(`${root()}/reset?${new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]))}`, {
        method: 'POST',
      })
    },
    stats: async () => (await (await fetch(`${root()}/stats`)).json()) as Awaited<ReturnType<Oracle['stats']>>,
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
