import { build } from 'esbuild'
import { basename, join, resolve } from 'node:path'

const projectRoot = resolve(import.meta.dirname, '../..')

/** Bundles a script (from the project's root) so that node can run it; returns the file. Inside node_modules, where packages resolve and git does not look. */
export async function buildChild(script: string): Promise<string> {
  const outfile = join(projectRoot, 'node_modules', '.cache', 'touchstone-tests', `${basename(script, '.ts')}-${process.pid}.mjs`)
  await build({
    entryPoints: [join(projectRoot, script)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    alias: { '~': join(projectRoot, 'app') },
    logLevel: 'error',
  })
  return outfile
}
