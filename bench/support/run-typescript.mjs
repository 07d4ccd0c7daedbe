// Bundles a benchmark's TypeScript together with the app and runs it in a process of its own, so that its peak memory is its own.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions, projectRoot } from '../../scripts/build-node.mjs'

/** Returns the path of the bundle of `entry` (relative to the project). */
export async function bundle(entry) {
  const outfile = join(projectRoot, 'node_modules', '.touchstone', 'bench', entry.replace(/\.ts$/, '.mjs'))
  await build({ ...bundleOptions, entryPoints: [entry], outfile })
  return outfile
}

/** Runs the bundle with arguments; what it prints on stdout is one JSON document. */
export function runJson(file, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`${file} ${args.join(' ')} ended with ${code}`)),
    )
  })
}
