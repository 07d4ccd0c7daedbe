// node bench/compare/run.mjs [ROWS]: compares two stored replays of 100,000 cases, and reads the comparison's page.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, runJson } from '../support/run-typescript.mjs'

const rows = Number(process.argv[2] ?? 100_000)
const file = await bundle('bench/compare/measure.ts')
const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'))
try {
  for (const [step, size] of [
    ['prepare', rows],
    ['quotations', rows],
    ['first', rows],
    ['page', rows],
    ['bootstrap', 10_000],
  ])
    console.log(step, JSON.stringify(await runJson(file, [step, folder, String(size)]), null, 2))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
