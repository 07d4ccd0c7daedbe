import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { judgeOutcome } from '~/domain/verdict/judge-outcome'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { pairedBootstrapOfCells } from '~/domain/statistics'
import { createComparisonService } from '~/services/comparisons'
import { createGoldenSetService } from '~/services/golden-sets'
import { openDatabase } from '~/storage/database'
import { AnswerTexts } from '~/storage/sqlite/answer-texts'
import { QuotedCases } from '~/storage/sqlite/quoted-cases'
import { createTrialWriter } from '~/storage/sqlite/trial-writer'
import { createRandom, makeCases } from '../support/cases'

/** One measurement per process: `measure.mjs STEP FOLDER ROWS` prints one JSON object. */
const [step, folder = '', rowsText = '0'] = process.argv.slice(2)
const rows = Number(rowsText)
const url = `file:${join(folder, 'compare.db')}`
const replays = ['baseline', 'candidate'] as const
/** 29 functionalities and four surfaces. */
const by = ['functionality', 'surface']

const round = (value: number, digits = 1) => Number(value.toFixed(digits))
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
async function time<T>(work: () => Promise<T> | T): Promise<{ value: T; wallMs: number; cpuMs: number }> {
  const [startedAt, cpuAtStart] = [performance.now(), cpuMs()]
  const value = await work()
  return { value, wallMs: round(performance.now() - startedAt), cpuMs: round(cpuMs() - cpuAtStart) }
}
const peakMb = () => round(process.resourceUsage().maxRSS / 1024, 0)

/** About 10,000 characters, as a policy has. */
const promptText = (version: number) =>
  Array.from(
    { length: 90 },
    (_, rule) =>
      `Version ${version}, rule ${rule}: remove what attacks people of group ${rule * 7} for who they are, unless somebody quotes it.`,
  ).join('\n')

/** A golden set and two finished replays over it: right on about 80%, and different on about 6%. */
async function prepare() {
  const database = await openDatabase(url)
  const { raw } = database
  const prisma = await database.prisma()
  await createGoldenSetService({ database, now: Date.now }).importCases({
    policySlug: 'bench',
    goldenName: 'big',
    cases: makeCases(rows),
    mode: 'merge',
    author: 'bench',
    message: 'bench',
  })
  const policy = await prisma.policy.findUniqueOrThrow({ where: { slug: 'bench' } })
  const goldenSet = await prisma.goldenSet.findFirstOrThrow({ where: { policyId: policy.id } })
  const write = createTrialWriter(raw, new AnswerTexts(raw))
  for (const [index, id] of replays.entries()) {
    await prisma.promptText.create({ data: { hash: id, text: promptText(index + 1), createdAt: 0 } })
    await prisma.promptVersion.create({
      data: { id, policyId: policy.id, number: index + 1, textHash: id, message: '', author: 'bench', createdAt: 0 },
    })
    await prisma.replay.create({
      data: {
        id,
        policyId: policy.id,
        promptHash: id,
        goldenSetId: goldenSet.id,
        goldenRevision: 1,
        model: { provider: 'openai', name: 'bench' },
        modelName: 'openai:bench',
        modelHash: 'bench',
        epochs: 1,
        status: 'finished',
        options: {},
        total: rows,
        author: 'bench',
        createdAt: index,
      },
    })
    const [base, flip] = [createRandom(1), createRandom(100 + index)]
    raw.transaction(() => {
      for (const goldenCase of makeCases(rows)) write(id, answer(goldenCase, base() < 0.8 !== flip() < 0.03), 1)
    })()
  }
  await database.close()
  return { rows }
}

function answer(goldenCase: GoldenCase, right: boolean) {
  const { expected } = goldenCase
  const verdict = {
    label: (expected?.label === 'violates') === right ? 'violates' : 'allowed',
    rules: ['H1'],
    confidence: 0.9,
    rationale: 'The message insults a group of people and says that they should leave.',
  }
  return {
    caseId: goldenCase.id,
    epoch: 1,
    ...judgeOutcome({ expected, reading: { status: 'verdict', verdict } }),
    verdict,
    detail: null,
    rawAnswer: null,
    latencyMs: 400,
    inputTokens: 900,
    outputTokens: 60,
    costUsd: 0.0003,
    cached: false,
    calls: 1,
    providerModel: 'bench-2026',
    systemFingerprint: null,
  }
}

/** What the report at the end of each replay does, and no comparison again: which cases does its prompt quote? Two prompts at once here. */
async function quotations() {
  const database = await openDatabase(url)
  const { id: goldenSetId } = await (await database.prisma()).goldenSet.findFirstOrThrow()
  const searched = await time(() => new QuotedCases(database).search(replays.map((promptHash) => ({ promptHash, goldenSetId }))))
  await database.close()
  return { rows, searchMs: searched.wallMs, searchCpuMs: searched.cpuMs }
}

/** What `compare --json --no-cases` does the first time. */
async function first() {
  const opening = await time(() => openDatabase(url))
  const comparisons = createComparisonService({ database: opening.value, now: Date.now })
  const compared = await time(async () => JSON.stringify(await comparisons.compare('baseline', 'candidate', { by })))
  await opening.value.close()
  const { slices, sentence } = JSON.parse(compared.value) as { slices: unknown[]; sentence: string }
  return { rows, slices: slices.length, compareMs: compared.wallMs, compareCpuMs: compared.cpuMs, peakMb: peakMb(), sentence }
}

/** What the comparison page asks for once the comparison is kept. */
async function page() {
  const database = await openDatabase(url)
  const comparisons = createComparisonService({ database, now: Date.now })
  const kept = await time(() => comparisons.compare('baseline', 'candidate', { by }))
  const flips = (offset: number) =>
    comparisons.flips('baseline', 'candidate', { filter: { flip: ['regressed', 'fixed'] }, offset, limit: 100 })
  const firstFlips = await time(() => flips(0))
  const nextFlips = await time(() => flips(100))
  const sliced = await time(() =>
    comparisons.flips('baseline', 'candidate', {
      filter: { flip: ['regressed'], facets: [{ by: 'functionality', value: 'functionality_3' }] },
      offset: 0,
      limit: 100,
    }),
  )
  const live = await time(() => comparisons.liveFlips('baseline', 'candidate', 50))
  await database.close()
  return {
    rows,
    flips: firstFlips.value.total,
    pageDataMs: round(kept.wallMs + firstFlips.wallMs),
    pageDataCpuMs: round(kept.cpuMs + firstFlips.cpuMs),
    nextFlipsMs: nextFlips.wallMs,
    flipsOfASliceMs: sliced.wallMs,
    liveFlipsMs: live.wallMs,
    peakMb: peakMb(),
  }
}

/** 10,000 resamples of the difference in macro-F1 over `rows` cases, counted by cell. */
async function bootstrap() {
  const labels = defaultVerdictScheme.labels.map((label) => label.id)
  const random = createRandom(3)
  const cells = labels.flatMap((truth) =>
    labels.flatMap((predA) => labels.map((predB) => ({ truth, predA, predB, count: 1 + Math.floor((random() * rows * 2) / 27) }))),
  )
  const { wallMs, cpuMs: cpu } = await time(() => pairedBootstrapOfCells({ metric: 'macroF1', labels, cells, seed: 1, resamples: 10_000 }))
  return { cases: cells.reduce((sum, cell) => sum + cell.count, 0), resamples: 10_000, bootstrapMs: wallMs, bootstrapCpuMs: cpu }
}

const steps: Record<string, () => Promise<object>> = { prepare, quotations, first, page, bootstrap }
const run = steps[step ?? '']
if (!run) throw new Error(`unknown step "${step}"`)
process.stdout.write(JSON.stringify(await run()))
