#!/usr/bin/env node
// Starts the command line; in a fresh clone it bundles it first.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const cli = new URL('../build/node/cli.js', import.meta.url)

if (!existsSync(fileURLToPath(cli))) {
  process.stderr.write('Building the command line, once …\n')
  try {
    const { buildNodeSide, generateClient } = await import('../scripts/steps.mjs')
    await generateClient()
    await buildNodeSide()
  } catch (error) {
    process.stderr.write(
      `error: The command line cannot be built: ${error instanceof Error ? error.message : error}\nRun "npm install" and try again.\n`,
    )
    process.exit(3)
  }
}

await import(cli.href)
