#!/usr/bin/env node
// Starts the command line; bundles it first in a fresh clone, and again when its sources are newer.
import { buildNodeSide, checkNode, generateClient, isNodeSideOld } from '../scripts/steps.mjs'

if (isNodeSideOld()) {
  try {
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
