// node bench/golden-set.mjs [--rows 1000000] [--table-rows 100000] [--json FILE]: how fast golden sets are brought in, shown and searched.
// Each step runs in a process of its own, so that its peak memory is its own. Rates stand beside plain better-sqlite3 inserts of the same rows
// in the same run, because machines differ and that ratio does not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle, runJson } from './support/run-typescript.mjs'

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, 'table-rows': { type: 'string', default: '100000' }, json: { type: 'string' } },
})
const tableLimitMs = 150
const [rows, tableRows] = [Number(values.rows), Number(values['table-rows'])]
for (const [name, value] of Object.entries({ rows, 'table-rows': tableRows }))
  if (!Number.isInteger(value) || value < 1000) {
    process.stderr.write(`--${name} must be a whole number of at least 1000\n`)
    process.exit(3)
  }

const program = await bundle('bench/golden-set/measure.ts')
const folders = []
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'touchstone-bench-')))
  return folders.at(-1)
}
const measure = (step, place, count) => {
  process.stderr.write(`• ${step}, ${count.toLocaleString('en')} rows …\n`)
  return runJson(program, [step, place, String(count)])
}

try {
  const big = folder()
  const reference = await measure('reference', big, rows)
  const imported = await measure('import', big, rows)
  const again = await measure('reimport', big, rows)
  const small = folder()
  await measure('import', small, tableRows)
  const table = await measure('table', small, tableRows)

  const count = (value) => value.toLocaleString('en', { maximumFractionDigits: 0 })
  const line = (name, result) =>
    `| ${name} | ${count(result.rowsPerSecond)} | ${(result.rowsPerSecond / reference.rowsPerSecond).toFixed(2)} | ${count(result.rows / result.cpuSeconds)} | ${count(result.peakMb)} MB |`
  const lines = [
    `| ${count(rows)} rows | rows/s | of plain inserts | rows per CPU second | peak memory |`,
    '|---|--:|--:|--:|--:|',
    line('better-sqlite3, one statement, one transaction', reference),
    line('import into a new set', imported),
    line('import again, nothing changed', again),
    '',
    `| ${count(tableRows)} cases | wall ms | CPU ms |`,
    '|---|--:|--:|',
    ...Object.entries(table.timings).map(([name, { wallMs, cpuMs }]) => `| ${name} | ${wallMs} | ${cpuMs} |`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ reference, imported, again, table }, null, 2)}\n`)
  const slow = Object.entries(table.timings).filter(([, { wallMs }]) => wallMs > tableLimitMs)
  for (const [name, { wallMs }] of slow) process.stderr.write(`slower than ${tableLimitMs} ms: ${name}, ${wallMs} ms\n`)
} finally {
  for (const place of folders) rmSync(place, { recursive: true, force: true })
}
