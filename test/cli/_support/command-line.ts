import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { CliContext } from '~/cli/context'
import { runCli } from '~/cli/run'
import { readEnvironment } from '~/lib/environment'
import { openWorkspace } from '~/services/workspace'

export type Run = { exitCode: number | null; stdout: string; stderr: string }

/** A workspace of its own for the tests of one file, and the command line over it, in this process. */
export function useWorkspace(variables: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-cli-'))
  const environment = { DATABASE_URL: `file:${join(folder, 'test.db')}`, TOUCHSTONE_AUTHOR: 'tester', ...variables }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    folder,
    environment,
    /** Writes a file into the folder and returns its path. */
    write(name: string, content: string): string {
      const file = join(folder, name)
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    /** Runs one command line as main.ts does, with its output collected. */
    async run(...args: string[]): Promise<Run> {
      let stdout = ''
      let stderr = ''
      let workspace: ReturnType<typeof openWorkspace> | null = null
      const context: CliContext = {
        stdout: { write: (text) => void (stdout += text), isTTY: false, columns: 100 },
        stderr: { write: (text) => void (stderr += text), isTTY: false, columns: 100 },
        environment,
        exitCode: 0,
        keyOrigins: [],
        openWorkspace() {
          const parsed = readEnvironment(environment)
          workspace ??= openWorkspace({ databaseUrl: parsed.databaseUrl, environment: parsed, replayRunner: 'inline' })
          return workspace
        },
        onInterrupt: () => () => undefined,
      }
      const exitCode = await runCli(args, context)
      await (workspace as ReturnType<typeof openWorkspace> | null)?.then((opened) => opened.close())
      return { exitCode, stdout, stderr }
    },
  }
}

/** Bundles the command line for the tests of one file, as the product does. Returns the path of its entry. */
export function useBuiltCommandLine(): { entry: string } {
  const outdir = resolve('.cache', `cli-${process.pid}-${Math.random().toString(36).slice(2)}`)
  const built = { entry: join(outdir, 'cli.js') }
  beforeAll(async () => {
    const { buildNode } = (await import(resolve('scripts/build-node.mjs'))) as { buildNode: (outdir: string) => Promise<void> }
    await buildNode(outdir)
  })
  afterAll(() => rmSync(outdir, { recursive: true, force: true }))
  return built
}

/** Starts the built command line; `finished` resolves when it has ended. */
export function startProcess(
  entry: string,
  args: readonly string[],
  variables: Record<string, string>,
): { child: ChildProcess; finished: Promise<Run> } {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...inherited } = process.env
  const child = spawn(process.execPath, [entry, ...args], { env: { ...inherited, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const finished = new Promise<Run>((done, fail) => {
    child.on('error', fail)
    child.on('close', (exitCode) => done({ exitCode, stdout, stderr }))
  })
  return { child, finished }
}
