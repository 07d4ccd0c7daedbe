// node bench/golden-set-health.mjs [--cases 100000]: how long a golden set is examined (duplicates, leakage, labels) and with what memory, in
// a process of its own. The limits are 60 s and 1 GB for 100,000 cases.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle, runJson } from './support/run-typescript.mjs'

const { values } = parseArgs({ options: { cases: { type: 'string', default: '100000' } } })
const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'))
try {
  const program = await bundle('bench/golden-set/health.ts')
  await runJson(program, ['import', folder, values.cases])
  const { seconds, cpuSeconds, peakMb, findings } = await runJson(program, ['examine', folder, values.cases])
  process.stdout.write(
    `${values.cases} cases examined in ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor time), peak memory ${peakMb.toFixed(0)} MB\n`,
  )
  for (const { kind, cases, groups } of findings) process.stdout.write(`  ${kind}: ${cases} cases${groups ? ` in ${groups} groups` : ''}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
