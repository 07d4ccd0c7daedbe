import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const projectRoot = resolve(import.meta.dirname, '../..')

export type ChildProgram = {
  /** Runs the program; resolves when it ended, with what it printed. `signal` is what killed it. */
  run(args: readonly string[]): Promise<{ stdout: string; stderr: string; code: number | null; signal: NodeJS.Signals | null }>
  [Symbol.asyncDispose](): Promise<void>
}

/** Bundles a program of test/support/children, which uses the app's own code, so that a test can run it in processes of its own and kill them. */
export async function buildChild(name: string): Promise<ChildProgram> {
  const base = join(projectRoot, 'node_modules', '.touchstone')
  mkdirSync(base, { recursive: true })
  // Below node_modules, where the bundle finds the packages it imports.
  const folder = mkdtempSync(join(base, 'test-child-'))
  const outfile = join(folder, `${name}.mjs`)
  await build({
    absWorkingDir: projectRoot,
    entryPoints: [`test/support/children/${name}.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    alias: { '~': join(projectRoot, 'app') },
    logLevel: 'warning',
  })
  return {
    run: (args) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [outfile, ...args], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] })
        let [stdout, stderr] = ['', '']
        child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
        child.on('error', reject)
        child.on('close', (code, signal) => resolve({ stdout, stderr, code, signal }))
      }),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
