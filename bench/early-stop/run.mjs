// node bench/early-stop/run.mjs [CASES] [RUNS]: how much of a replay `touchstone gate --early-stop` runs, and how often it says something else
// than the full replay would, for clear and unclear candidates. Simulated: every case flips on its own with the shares in the table.
import { bundle, runJson } from '../support/run-typescript.mjs'

const [cases = '1000', runs = '40'] = process.argv.slice(2)
const program = await bundle('bench/early-stop/simulate.ts')
const result = await runJson(program, [cases, runs])
const percent = (share) => `${(share * 100).toFixed(1)}%`
const header = [
  'candidate',
  'fixed',
  'regressed',
  'replayed',
  'stopped early',
  'other answer',
  'wrong pass',
  'pass',
  'fail',
  'inconclusive',
]
const rows = result.rows.map((row) => [
  row.name,
  percent(row.fixed),
  percent(row.regressed),
  percent(row.meanShare),
  percent(row.stopped),
  percent(row.different),
  percent(row.wronglyPassed),
  String(row.answers.pass),
  String(row.answers.fail),
  String(row.answers.inconclusive),
])
const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
console.log(
  `${result.cases} cases, ${result.runs} replays each, margin ${percent(result.margin)}, α ${result.alpha}. "Replayed" is the mean share of the cases.`,
)
for (const row of [header, ...rows])
  console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '))
