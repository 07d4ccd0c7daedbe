import { expect, it } from 'vitest'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { createAnnotationService } from '~/services/annotations'
import { createReviewService } from '~/services/decisions'
import { createGoldenSetService } from '~/services/golden-sets'
import { createHealthService } from '~/services/health'
import { QuotedCases } from '~/storage/sqlite/quoted-cases'
import { ReplayScores } from '~/storage/sqlite/replay-scores'
import { prepareComparisons } from '../../support/comparisons'
import { createTestDatabase } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'

const scheme = { ...defaultVerdictScheme, rules: [{ id: 'H1' }, { id: 'H2' }] }
const allowed = { label: 'allowed', rules: {} }
const said = (label: string) => ({ label, rules: [], confidence: 0.9 })

async function prepare(cases: readonly GoldenCase[]) {
  const database = await createTestDatabase()
  const prepared = await prepareComparisons(database, cases, scheme)
  let time = 10
  const now = () => (time += 1)
  const goldenSets = createGoldenSetService({ database, now })
  const parts = { database, goldenSets, now }
  return {
    ...prepared,
    goldenSets,
    annotations: createAnnotationService(parts),
    reviews: createReviewService(parts),
    health: createHealthService({ ...parts, scores: new ReplayScores(database.raw, new QuotedCases(database)), workerFile: null }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

const place = ['chat', 'edge-cases'] as const

it('examines a revision once, keeps it, and looks again when there is more to go by', async () => {
  const cases = [
    goldenCase({ id: '1', content: 'Get out of here, you lot', expected: { label: 'violates', rules: { H1: true } } }),
    goldenCase({ id: '2', content: 'get out of  HERE, you lot', expected: allowed }),
    goldenCase({ id: '3', content: 'What a lovely day it is', expected: allowed }),
    goldenCase({ id: '4', content: 'Nobody has labelled this one', expected: null }),
  ]
  await using workspace = await prepare(cases)
  expect(await workspace.health.summary(...place)).toBeNull()
  const first = await workspace.health.report(...place)
  expect(await workspace.health.summary(...place)).toMatchObject({ attention: 2, unexercisedRules: 1, caseCount: 4 })
  const countOf = (view: typeof first, kind: string) => view.report.findings.find((finding) => finding.kind === kind)
  expect(countOf(first, 'exact-duplicates')).toMatchObject({ cases: 2, groups: 1 })
  expect(countOf(first, 'contradictory-duplicates')).toMatchObject({ cases: 2, groups: 1, settled: 0 })
  expect(countOf(first, 'unlabelled')).toMatchObject({ cases: 1 })
  expect(countOf(first, 'always-wrong')).toMatchObject({ cases: 0 })
  expect(first.report.balance.rules).toEqual({ unexercised: ['H2'], oneSided: ['H1'] })
  expect((await workspace.health.report(...place)).createdAt).toBe(first.createdAt)

  await workspace.record({ version: 1, answer: () => [said('violates')] })
  await workspace.record({ version: 2, answer: () => [said('violates')] })
  const second = await workspace.health.report(...place)
  expect(second.createdAt).toBeGreaterThan(first.createdAt)
  expect(second.report.votes).toEqual({ versions: ['v1', 'v2'], accuracy: 1 / 3, rehearsal: false })
  expect(countOf(second, 'always-wrong')).toMatchObject({ cases: 2 })
  expect(countOf(second, 'always-right')).toMatchObject({ cases: 1 })
  const { total, rows } = await workspace.health.cases(...place, { kind: 'always-wrong', offset: 1, limit: 10 })
  expect({ total, ids: rows.map(({ caseId, detail }) => [caseId, detail]) }).toEqual({
    total: 2,
    ids: [['3', 'expected allowed; v1: violates; v2: violates']],
  })
  await expect(workspace.health.report('chat', 'edge-cases', 9)).rejects.toMatchObject({ code: 'not-found' })
})

it('leaves the votes on a text that was changed since out', async () => {
  await using workspace = await prepare([goldenCase({ id: '1', content: 'before', expected: allowed })])
  await workspace.record({ version: 1, answer: () => [said('violates')] })
  await workspace.record({ version: 2, answer: () => [said('violates')] })
  await workspace.goldenSets.updateCase(...place, {
    case: goldenCase({ id: '1', content: 'after', expected: allowed }),
    author: 'ana',
    message: 'clearer',
  })
  const { report, revision } = await workspace.health.report(...place)
  expect(revision).toBe(2)
  expect(report.findings.find(({ kind }) => kind === 'always-wrong')?.cases).toBe(0)
})

it('settles a disagreement by adjudication, with who and why, and keeps the annotations', async () => {
  await using workspace = await prepare([goldenCase({ id: '1', expected: null })])
  await workspace.annotations.add(...place, { caseId: '1', annotation: { label: 'violates', rules: { H1: true } }, author: 'ana' })
  await workspace.annotations.add(...place, { caseId: '1', annotation: { label: 'violates', rules: {} }, author: 'ben' })
  await workspace.annotations.add(...place, { caseId: '1', annotation: { label: 'allowed', rules: {}, note: 'a quote' }, author: 'ben' })
  const before = await workspace.health.report(...place)
  expect(before.report.findings.find(({ kind }) => kind === 'annotators-disagree')).toMatchObject({ cases: 1, settled: 0 })

  await expect(
    workspace.annotations.adjudicate(...place, { caseId: '1', expected: allowed, note: ' ', author: 'cleo' }),
  ).rejects.toMatchObject({ code: 'invalid-input' })
  await expect(
    workspace.annotations.adjudicate(...place, { caseId: '1', expected: { label: 'nonsense', rules: {} }, note: 'why', author: 'cleo' }),
  ).rejects.toMatchObject({ code: 'invalid-input' })
  const settled = await workspace.annotations.adjudicate(...place, { caseId: '1', expected: allowed, note: 'It quotes.', author: 'cleo' })
  expect(settled.revision).toBe(5)
  const { annotations, adjudications } = await workspace.annotations.list(...place, '1')
  expect(annotations.map(({ annotator, label }) => [annotator, label])).toEqual([
    ['ana', 'violates'],
    ['ben', 'allowed'],
  ])
  expect(adjudications).toMatchObject([{ revision: 5, expected: allowed, note: 'It quotes.', author: 'cleo' }])
  const [newest] = await workspace.goldenSets.revisions(...place)
  expect(newest).toMatchObject({ number: 5, author: 'cleo', message: 'Adjudicated: It quotes.', relabelled: 1 })

  const after = await workspace.health.report(...place)
  expect(after.report.findings.find(({ kind }) => kind === 'annotators-disagree')).toMatchObject({ cases: 1, settled: 1 })
  const query = { kind: 'annotators-disagree', offset: 0, limit: 10 } as const
  expect(await workspace.health.cases(...place, query)).toMatchObject({ total: 1, rows: [{ settled: true }] })
  expect(await workspace.health.cases(...place, { ...query, open: true })).toMatchObject({ total: 0 })
  // The queue of an earlier revision knows what was settled meanwhile.
  expect(await workspace.health.cases(...place, { ...query, revision: 4, open: true })).toMatchObject({ total: 0 })
})

it('refuses an adjudication of a case that somebody else changed meanwhile', async () => {
  await using workspace = await prepare([goldenCase({ id: '1' })])
  await workspace.annotations.add(...place, { caseId: '1', annotation: { label: 'allowed', rules: {} }, author: 'ben' })
  await expect(
    workspace.annotations.adjudicate(...place, { caseId: '1', expected: allowed, note: 'why', author: 'ana', expectedRevision: 1 }),
  ).rejects.toMatchObject({ code: 'conflict' })
})

it('queues verdicts worth a look and keeps what reviewers decide', async () => {
  const cases = [
    goldenCase({ id: '1', expected: { label: 'violates', rules: {} } }),
    goldenCase({ id: '2', content: 'second', expected: allowed }),
    goldenCase({ id: '3', content: 'third', expected: allowed, mustPass: true }),
    goldenCase({ id: '4', content: 'fourth', expected: null }),
  ]
  await using workspace = await prepare(cases)
  const baseline = await workspace.record({ version: 1, answer: ({ id }) => [said(id === '2' ? 'violates' : 'allowed')] })
  const replay = await workspace.record({
    version: 2,
    answer: ({ id }) => [{ label: 'violates', rules: ['H1'], confidence: Number(id) / 4 }],
  })
  const idsOf = async (queue: 'regressed' | 'wrong' | 'low-confidence' | 'unlabelled' | 'all') =>
    (await workspace.reviews.queue(replay, { queue, baselineId: baseline, offset: 0, limit: 50 })).rows.map((row) => row.case.id)
  expect(await idsOf('regressed')).toEqual(['3'])
  expect(await idsOf('wrong')).toEqual(['3', '2'])
  expect(await idsOf('low-confidence')).toEqual(['1', '2'])
  expect(await idsOf('unlabelled')).toEqual(['4'])
  expect(await idsOf('all')).toEqual(['3', '1', '2', '4'])

  const confirmed = await workspace.reviews.confirm({ replayId: replay, caseId: '2', author: 'ana' })
  expect(confirmed).toMatchObject({ kind: 'confirm', expectedLabel: 'violates', rules: { H1: true }, note: '' })
  const overturn = { replayId: replay, caseId: '4', label: 'allowed', rules: { H1: false }, apply: 'relabel', author: 'ana' } as const
  await expect(workspace.reviews.overturn({ ...overturn, note: '' })).rejects.toMatchObject({ code: 'invalid-input' })
  await expect(workspace.reviews.overturn({ ...overturn, label: 'nonsense', note: 'why' })).rejects.toMatchObject({ code: 'invalid-input' })
  const { decision, revision } = await workspace.reviews.overturn({ ...overturn, note: 'It is a song title.' })
  expect(decision).toMatchObject({ kind: 'overturn', expectedLabel: 'allowed', note: 'It is a song title.', author: 'ana' })
  const { case: golden } = await workspace.goldenSets.case(...place, '4', revision)
  expect(golden.expected).toEqual({ label: 'allowed', rules: { H1: false } })
  expect(golden.annotations).toEqual([{ annotator: 'ana', label: 'allowed', rules: { H1: false }, note: 'It is a song title.' }])
  const [newest] = await workspace.goldenSets.revisions(...place)
  expect(newest).toMatchObject({ number: revision, message: 'Overturned v2: It is a song title.' })

  const queue = await workspace.reviews.queue(replay, { queue: 'all', offset: 0, limit: 50 })
  expect(queue).toMatchObject({ total: 4, decided: 2 })
  expect(queue.rows.find((row) => row.case.id === '2')?.decision).toMatchObject({ id: confirmed.id })
  // A reviewer who sides with the model against the set makes its label a suspect.
  const { rows } = await workspace.health.cases(...place, { kind: 'reviewers-disagree', offset: 0, limit: 9 })
  expect(rows.map(({ caseId, detail }) => [caseId, detail])).toEqual([['2', 'expected allowed; ana says violates']])
})

it('only annotates where the reviewer does not settle the verdict', async () => {
  await using workspace = await prepare([goldenCase({ id: '1' })])
  const replay = await workspace.record({ version: 1, answer: () => [said('violates')] })
  const overturn = {
    replayId: replay,
    caseId: '1',
    label: 'allowed',
    rules: {},
    note: 'I doubt it.',
    apply: 'annotate',
    author: 'ana',
  } as const
  const { revision } = await workspace.reviews.overturn(overturn)
  const { case: golden } = await workspace.goldenSets.case(...place, '1', revision)
  expect(golden.expected).toEqual({ label: 'violates', rules: {} })
  expect(golden.annotations).toHaveLength(1)
})

it('has nothing to confirm where the replay has no verdict', async () => {
  await using workspace = await prepare([goldenCase({ id: '1' })])
  const replay = await workspace.record({ version: 1, answer: () => ['refused'] })
  await expect(workspace.reviews.confirm({ replayId: replay, caseId: '1', author: 'ana' })).rejects.toMatchObject({ code: 'invalid-input' })
  await expect(workspace.reviews.confirm({ replayId: 'no-such', caseId: '1', author: 'ana' })).rejects.toMatchObject({ code: 'not-found' })
})

it('divides a set as one revision, duplicates on one side', async () => {
  const cases = Array.from({ length: 60 }, (_, index) =>
    goldenCase({
      id: `${index}`,
      content: index % 2 ? `Twins of number ${index - 1} say ${'abcdefgh'[index % 8]}` : `Twins of number ${index} say it`,
      expected: index % 3 ? allowed : { label: 'violates', rules: { H1: true } },
    }),
  )
  await using workspace = await prepare([...cases, goldenCase({ id: 'copy', content: 'twins of number 8 say IT', expected: allowed })])
  const divided = await workspace.health.divide(...place, { seed: 7, author: 'ana' })
  expect(divided.revision).toBe(2)
  expect(Object.values(divided.counts).reduce((sum, count) => sum + count, 0)).toBe(61)
  const splitOf = async (id: string) => (await workspace.goldenSets.case(...place, id)).case.split
  expect(await splitOf('copy')).toBe(await splitOf('8'))
  const { report } = await workspace.health.report(...place)
  expect(report.findings.find(({ kind }) => kind === 'duplicates-across-splits')?.cases).toBe(0)
})
