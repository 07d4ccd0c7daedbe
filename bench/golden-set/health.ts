import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { examineRevision } from '~/services/health-examination'
import { createGoldenSetService } from '~/services/golden-sets'
import { openDatabase } from '~/storage/database'
import { openReadOnly } from '~/storage/sqlite/health-source'
import { createRandom, makeCases } from '../support/cases'

/** `health.mjs import|examine FOLDER CASES`: one step per process, prints one JSON object. */
const [step, folder = '', countText = '0'] = process.argv.slice(2)
const count = Number(countText)
const file = join(folder, 'health.db')

/** Cases of words of their own, one in ten a copy of an earlier one: in capitals, or with a word more. */
function* casesWithCopies(): Generator<GoldenCase> {
  const random = createRandom(11)
  const vocabulary = Array.from({ length: 5_000 }, () =>
    Array.from({ length: 3 + Math.floor(random() * 7) }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join(''),
  )
  const contents: string[] = []
  for (const golden of makeCases(count)) {
    const copied = contents[Math.floor(random() * contents.length)]
    const chance = random()
    let content = Array.from({ length: 8 + Math.floor(random() * 25) }, () => vocabulary[Math.floor(random() ** 2 * 5_000)]).join(' ')
    if (copied !== undefined && chance < 0.1) content = chance < 0.05 ? copied.toUpperCase() : `${copied} again`
    contents.push(content)
    yield { ...golden, content }
  }
}

async function importCases(): Promise<object> {
  const database = await openDatabase(`file:${file}`)
  const goldenSets = createGoldenSetService({ database, now: Date.now })
  const place = { policySlug: 'bench', goldenName: 'big', mode: 'merge', author: 'bench', message: 'bench' } as const
  const { added } = await goldenSets.importCases({ ...place, cases: casesWithCopies() })
  await database.close()
  return { added }
}

function examine(): object {
  const handle = openReadOnly(file)
  const goldenSetId = handle.prepare<[], string>('SELECT id FROM GoldenSet').pluck().get() ?? ''
  const startedAt = performance.now()
  const { report } = examineRevision(handle, { goldenSetId, revision: 1 })
  const seconds = (performance.now() - startedAt) / 1000
  handle.close()
  const { user, system } = process.cpuUsage()
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
    findings: report.findings.filter(({ cases }) => cases > 0),
  }
}

process.stdout.write(JSON.stringify(step === 'import' ? await importCases() : examine()))
