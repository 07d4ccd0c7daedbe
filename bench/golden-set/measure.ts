import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createGoldenSetService } from '~/services/golden-sets'
import type { CaseFilter } from '~/services/workspace-api'
import { openDatabase } from '~/storage/database'
import { caseStateColumns, toCaseColumns } from '~/storage/sqlite/golden-case-rows'
import { makeCases } from '../support/cases'

/** One measurement per process: `measure.mjs STEP FOLDER ROWS` prints one JSON object. */
const [step, folder = '', rowsText = '0'] = process.argv.slice(2)
const rows = Number(rowsText)
const slug = 'bench'
const name = 'big'

const round = (value: number, digits = 1) => Number(value.toFixed(digits))
/** Seconds of processor time so far, which a busy machine does not stretch as it does wall time. */
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const peakMb = () => round(process.resourceUsage().maxRSS / 1024, 0)

/** The same rows through one prepared statement in one transaction, with nothing of ours but their preparation: what SQLite itself can do. */
async function reference() {
  const database = await openDatabase(`file:${join(folder, 'reference.db')}`)
  const { raw } = database
  raw.exec(`INSERT INTO Policy (id, slug, name, scheme, createdAt, updatedAt) VALUES ('p', 'p', 'p', '{}', 0, 0)`)
  raw.exec(`INSERT INTO GoldenSet (id, policyId, name, createdAt) VALUES ('s', 'p', 's', 0)`)
  const insert = raw.prepare(
    `INSERT INTO GoldenCase (goldenSetId, fromRevision, position, author, createdAt, ${caseStateColumns.join(', ')})
     VALUES ('s', 1, ?, 'a', 0, ${caseStateColumns.map(() => '?').join(', ')})`,
  )
  const [startedAt, cpuAtStart] = [performance.now(), cpuSeconds()]
  raw.transaction(() => {
    let position = 0
    for (const goldenCase of makeCases(rows)) insert.run((position += 1), ...toCaseColumns(goldenCase))
  })()
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = round(cpuSeconds() - cpuAtStart, 2)
  await database.close()
  return { rows, seconds: round(seconds, 2), rowsPerSecond: Math.round(rows / seconds), cpuSeconds: cpu, peakMb: peakMb() }
}

async function importing(mode: 'merge' | 'mirror') {
  const database = await openDatabase(`file:${join(folder, 'set.db')}`)
  const goldenSets = createGoldenSetService({ database, now: Date.now })
  let longestTurnMs = 0
  let turnStartedAt = performance.now()
  const watch = setInterval(() => {
    longestTurnMs = Math.max(longestTurnMs, performance.now() - turnStartedAt)
    turnStartedAt = performance.now()
  }, 1)
  const [startedAt, cpuAtStart] = [performance.now(), cpuSeconds()]
  const report = await goldenSets.importCases({
    policySlug: slug,
    goldenName: name,
    cases: makeCases(rows),
    mode,
    author: 'bench',
    message: 'bench',
  })
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = round(cpuSeconds() - cpuAtStart, 2)
  clearInterval(watch)
  await database.close()
  return {
    rows,
    seconds: round(seconds, 2),
    rowsPerSecond: Math.round(rows / seconds),
    cpuSeconds: cpu,
    peakMb: peakMb(),
    longestTurnMs: round(longestTurnMs),
    added: report.added,
    unchanged: report.unchanged,
  }
}

async function table() {
  const database = await openDatabase(`file:${join(folder, 'set.db')}`)
  const goldenSets = createGoldenSetService({ database, now: Date.now })
  const timings: Record<string, { wallMs: number; cpuMs: number }> = {}
  const time = async (label: string, work: () => Promise<unknown>) => {
    const [startedAt, cpuAtStart] = [performance.now(), cpuSeconds()]
    await work()
    timings[label] = { wallMs: round(performance.now() - startedAt), cpuMs: round((cpuSeconds() - cpuAtStart) * 1000) }
  }
  const page = (filter: CaseFilter, offset = 0) => goldenSets.cases(slug, name, { filter, offset, limit: 100 })
  await time('open the set', () => goldenSets.get(slug, name))
  await time('first page', () => page({}))
  await time('last page', () => page({}, rows - 100))
  await time('filter by label', () => page({ label: 'violates' }))
  await time('filter by tag', () => page({ facets: [{ by: 'tag', value: 'sarcasm' }] }))
  await time('filter by a metadata column', () => page({ facets: [{ by: 'functionality', value: 'functionality_7' }] }))
  await time('without the sealed holdout', () => page({ sealedAt: 1 }))
  await time('an earlier revision without it', () => page({ sealedAt: 2 }))
  await time('search a word', () => page({ text: 'refund' }))
  await time('search a word that is nowhere', () => page({ text: 'zzzz' }))
  await time('search in another script', () => page({ text: 'ÜBER' }))
  await time('search, rule and label', () => page({ text: 'refund', label: 'violates', facets: [{ by: 'rule', value: 'H2' }] }))
  await time('its next page', () => page({ text: 'refund', label: 'violates', facets: [{ by: 'rule', value: 'H2' }] }, 100))
  await time('facet counts', () => goldenSets.facets(slug, name))
  await time('facet counts again', () => goldenSets.facets(slug, name))
  await time('one case', () => goldenSets.case(slug, name, 'case-0000042'))
  await database.close()
  return { rows, timings, peakMb: peakMb() }
}

const steps: Record<string, () => Promise<object>> = {
  reference,
  import: () => importing('merge'),
  reimport: () => importing('mirror'),
  table,
}
const run = step === undefined ? undefined : steps[step]
if (!run) throw new Error(`unknown step ${JSON.stringify(step)}: ${Object.keys(steps).join(', ')}`)
process.stdout.write(JSON.stringify(await run()))
