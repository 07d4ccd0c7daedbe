import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'

const shared = resolve(import.meta.dirname, '../../../shared')
const script = resolve(shared, 'tools/openai-oracle.mjs')
const answersFile = resolve(shared, 'data/hatecheck/recorded-answers.jsonl')

/** The counterpart server and its recorded answers lie beside the checkout; where they do not, tests that need them are skipped. */
export const hasOracle = existsSync(script) && existsSync(answersFile)
export const oracleMissing = '../shared/tools/openai-oracle.mjs is not there'

export type RecordedVerdict = { profile: string; content: string; label: string }

export function readRecordedVerdicts(profile: string): RecordedVerdict[] {
  return readFileSync(answersFile, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as RecordedVerdict)
    .filter((row) => row.profile === profile)
}

export type OracleStats = Record<
  | 'requests'
  | 'ok'
  | 'status429'
  | 'status500'
  | 'resets'
  | 'refused'
  | 'malformed'
  | 'truncated'
  | 'unknownContent'
  | 'peakInFlight'
  | 'uniqueContents'
  | 'repeatedRequests',
  number
>

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

/** Starts the counterpart as a process of its own: `await using oracle = await startOracle({ 'rate-429': 20 })`. */
export async function startOracle(options: Record<string, number> = {}): Promise<{
  baseUrl: string
  stats(): Promise<OracleStats>
  [Symbol.asyncDispose](): Promise<void>
}> {
  const port = await findFreePort()
  const flags = Object.entries({ ...options, port }).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, [script, '--answers', answersFile, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise<void>((ready, failed) => {
    child.stdout.once('data', () => ready())
    child.once('exit', (code) => failed(new Error(`the counterpart ended with code ${code}`)))
  })
  const exited = new Promise((ended) => child.once('exit', ended))
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    async stats() {
      return (await (await fetch(`http://127.0.0.1:${port}/stats`)).json()) as OracleStats
    },
    async [Symbol.asyncDispose]() {
      child.kill()
      await exited
    },
  }
}
