#!/usr/bin/env node
// Starts the command line; bundles it first in a fresh clone, and again when its sources are newer.
import { isNodeSideOld } from '../scripts/node-side.mjs'

if (isNodeSideOld()) {
  try {
    const { buildNodeSide, checkNode, generateClient } = await import('../scripts/steps.mjs')
    checkNode()
    await generateClient()
    await buildNodeSide()
  } catch (error) {
    process.stderr.write(
      `error: The command line cannot be built: ${error instanceof Error ? error.message : error}\nRun "npm install" and try again.\n`,
    )
    process.exit(3)
  }
}

await import(new URL('../build/node/cli.js', import.meta.url).href)
