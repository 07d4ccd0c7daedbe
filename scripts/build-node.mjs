// Bundles what runs on Node outside Remix: the command line, the HTTP server, the replay worker and the seed. Most packages are bundled too: Node
// takes longer to find and read their many small files than to run them.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** Entry points by the name of their output in build/node. */
const entries = {
  cli: 'app/cli/main.ts',
  'replay-worker': 'app/services/replay-worker.ts',
  'health-worker': 'app/services/health-worker.ts',
  'statistics-worker': 'app/services/statistics-worker.ts',
  seed: 'prisma/seed.ts',
}

/** Native code, WebAssembly beside its module, data by the megabyte, and what the web app shares with the server. */
const externalPackages = ['better-sqlite3', '@prisma/*', '@remix-run/*', 'express', 'gpt-tokenizer', 'esbuild']

/** How everything is bundled that runs on Node outside Remix, benchmarks too. */
export const bundleOptions = {
  absWorkingDir: projectRoot,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: externalPackages,
  // Bundled CommonJS packages ask for Node's own modules.
  banner: {
    js: "import { createRequire as createNodeRequire } from 'node:module'; const require = createNodeRequire(import.meta.url)",
  },
  alias: { '~': join(projectRoot, 'app') },
  logLevel: 'warning',
}

/** Bundles the entries into build/node, or where a test wants them. Entries share chunks, so that a command loads only what it uses. */
export async function buildNode(outdir = join(projectRoot, 'build', 'node')) {
  const [{ build }, { hashOf, sharedSources }] = await Promise.all([import('esbuild'), import('./steps.mjs')])
  // Built beside and moved into place, so that a failed build leaves the last one working.
  const building = `${outdir}-${process.pid}`
  await build({
    ...bundleOptions,
    define: { TOUCHSTONE_BUILD: JSON.stringify(hashOf(sharedSources)) },
    entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(projectRoot, file)))),
    outdir: building,
    splitting: true,
    legalComments: 'linked',
    sourcemap: 'linked',
  }).catch((error) => {
    rmSync(building, { recursive: true, force: true })
    throw error
  })
  rmSync(outdir, { recursive: true, force: true })
  renameSync(building, outdir)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildNode()
