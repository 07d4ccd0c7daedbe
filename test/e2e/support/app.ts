import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'

const projectRoot = fileURLToPath(new URL('../../..', import.meta.url))
const built = (name: string) => join(projectRoot, 'build', 'node', name)
const startLimitMs = 60_000

export type RunningApp = { url: string; close: () => Promise<void> }

/** One seeded workspace a test run; every app gets a copy of it. */
let seeded: Promise<string> | null = null

async function seedOnce(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-seed-'))
  await promisify(execFile)(process.execPath, [built('seed.js')], { cwd: projectRoot, env: childEnvironment(folder), timeout: 120_000 })
  return folder
}

/** No key, no server: only the rehearsal. */
function childEnvironment(folder: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', DATABASE_URL: `file:${join(folder, 'touchstone.db')}` }
}

/** Starts the built app on a free port over a fresh copy of the seeded workspace. `close` stops it and removes the copy. */
export async function startApp(): Promise<RunningApp> {
  for (const name of ['cli.js', 'seed.js', 'replay-worker.js'])
    if (!existsSync(built(name))) throw new Error(`build/node/${name} is missing: run "npm run build" first`)
  const source = await (seeded ??= seedOnce())
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-e2e-'))
  await cp(source, folder, { recursive: true })
  const child = spawn(process.execPath, [built('cli.js'), 'serve', '--port', '0'], {
    cwd: projectRoot,
    env: childEnvironment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await readAddress(child)
  return {
    url,
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Removes the seeded workspace; call it after the last app is closed. */
export async function removeSeed(): Promise<void> {
  if (!seeded) return
  await rm(await seeded, { recursive: true, force: true })
  seeded = null
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const timer = setTimeout(() => fail('did not say its address in time'), startLimitMs)
    const fail = (what: string) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`the app ${what}:\n${output}`))
    }
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const address = /https?:\/\/\S+/.exec(output)?.[0]
      if (!address) return
      clearTimeout(timer)
      resolve(address)
    })
    child.once('exit', (code) => fail(`ended with ${code}`))
  })
}
