import { describe, expect, it } from 'vitest'
import type { ComparedCase } from '~/domain/comparison/comparison'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import { prepareComparisons, type Said } from '../../support/comparisons'
import { createTestDatabase } from '../../support/database'
import { goldenCase, goldenCases } from '../../support/golden-cases'
import { known } from '../../support/known'

const violates: Said = { label: 'violates', rules: [], rationale: 'It insults.' }
const allowed: Said = { label: 'allowed', rules: [] }
/** Right but for the cases whose number is in the list. */
const wrongOn =
  (...numbers: number[]) =>
  ({ id, expected }: { id: string; expected: { label: string | null } | null }): Said[] => {
    const isRight = !numbers.includes(Number(id.replace('case-', '')))
    return [(expected?.label === 'violates') === isRight ? violates : allowed]
  }
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('compare', () => {
  it('joins two replays by case id and keeps the result', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons } = await prepareComparisons(
      database,
      goldenCases(60, (index) => ({ tags: [index % 2 ? 'odd' : 'even'], mustPass: index === 9 })),
    )
    const baseline = await record({ version: 1, answer: wrongOn(1, 2, 3) })
    const candidate = await record({ version: 2, answer: wrongOn(3, 10, 11), trial: { costUsd: 0.002, latencyMs: 40 } })
    const comparison = await comparisons.compare(baseline, candidate)
    expect(comparison).toMatchObject({
      n: 60,
      flips: { fixed: 2, regressed: 2, stillRight: 55, stillWrong: 1 },
      mustPass: { total: 1, regressed: 1 },
      baseline: { replay: baseline, promptVersion: 1, accuracy: 57 / 60, providerModels: ['any-2026'] },
      candidate: { promptVersion: 2, latencyMs: { p50: 40, p95: 40 } },
      warnings: [],
    })
    expect(comparison.candidate.costUsd).toBeCloseTo(0.12, 10)
    expect(comparison.slices.map((slice) => `${slice.by} ${slice.value} ${slice.n}`)).toEqual(
      expect.arrayContaining(['tag odd 30', 'tag even 30', 'label violates 40']),
    )
    expect(await comparisons.compare(baseline, candidate)).toEqual(comparison)
    // Another service over the same database reads what was kept.
    const kept = database.raw.prepare('SELECT count(*) AS cases, count(DISTINCT comparisonId) AS pairs FROM ComparisonCase').get()
    expect(kept).toEqual({ cases: 60, pairs: 1 })
    expect((await comparisons.compare(baseline, candidate, { by: ['tag'], margin: 0.1 })).slices).toHaveLength(2)
    expect(database.raw.prepare('SELECT count(*) AS cases FROM ComparisonCase').get()).toEqual({ cases: 60 })
  })

  it('computes again when results changed, and drops what was kept of them', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons } = await prepareComparisons(database, goldenCases(30))
    const baseline = await record({ version: 1, answer: wrongOn(1) })
    const candidate = await record({ version: 2, answer: () => ['refused'] })
    expect((await comparisons.compare(baseline, candidate)).flips.unscored).toBe(30)
    database.raw.prepare(`UPDATE Trial SET outcome = 'correct', label = 'violates', rules = '[]' WHERE replayId = ?`).run(candidate)
    database.raw.prepare(`UPDATE Replay SET resultsVersion = 1 WHERE id = ?`).run(candidate)
    expect((await comparisons.compare(baseline, candidate)).flips).toMatchObject({ fixed: 1, stillRight: 29 })
    expect(database.raw.prepare('SELECT count(*) AS cases FROM ComparisonCase').get()).toEqual({ cases: 30 })
  })

  it('reduces epochs to one outcome per case', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons } = await prepareComparisons(
      database,
      goldenCases(3, () => ({ expected: { label: 'violates', rules: {} } })),
    )
    const baseline = await record({ version: 1, epochs: 3, answer: () => [violates, violates, allowed] })
    const candidate = await record({
      version: 2,
      epochs: 3,
      answer: ({ id }) => (id === 'case-1' ? [violates, allowed, 'refused'] : [violates, violates, 'error']),
    })
    expect(await comparisons.compare(baseline, candidate)).toMatchObject({ n: 3, flips: { regressed: 1, stillRight: 2 } })
    const { rows } = await comparisons.flips(baseline, candidate, { filter: { flip: ['regressed'] }, offset: 0, limit: 10 })
    expect(rows).toMatchObject([
      { id: 'case-1', baseline: { outcome: 'correct', label: 'violates' }, candidate: { outcome: 'wrong', label: 'allowed' } },
    ])
  })

  it('compares what two revisions share, and lists the rest as added, removed and relabelled', async () => {
    await using database = await createTestDatabase()
    const before = goldenCases(40)
    const { record, comparisons, imported, revision } = await prepareComparisons(database, before)
    const after = [
      { ...known(before[1]), expected: { label: 'allowed', rules: {} } },
      ...before.slice(2),
      goldenCase({ id: 'case-99', content: 'new' }),
    ]
    const baseline = await record({ version: 1, answer: wrongOn(5) })
    const next = await imported(after)
    const candidate = await record({ version: 2, revision: next.revision, cases: after, answer: wrongOn(6) })
    const comparison = await comparisons.compare(baseline, candidate)
    expect([revision, next.revision]).toEqual([1, 2])
    expect(comparison).toMatchObject({ n: 38, flips: { fixed: 1, regressed: 1, added: 1, removed: 1, relabelled: 1, stillRight: 36 } })
    expect(comparison.warnings[0]).toMatch(/^The replays pin revisions 1 and 2/)
    const byId = Object.fromEntries((await collect(comparisons.streamCases(baseline, candidate))).map((row) => [row.id, row]))
    expect(byId['case-99']).toMatchObject({ flip: 'added', baseline: null, expected: { label: 'violates' } })
    expect(byId['case-1']).toMatchObject({ flip: 'removed', candidate: null, expected: { label: 'violates' } })
    expect(byId['case-2']).toMatchObject({ flip: 'relabelled', expected: { label: 'allowed' } })
  })

  it('parts what the prompt changed from what the relabelling changed, each number with its cases', async () => {
    await using database = await createTestDatabase()
    const before = goldenCases(40)
    const { record, imported, comparisons } = await prepareComparisons(database, before)
    const baseline = await record({ version: 1, answer: wrongOn(1, 2, 3) })
    const other = { violates: 'allowed', allowed: 'violates' } as const
    const after = before.map((golden, index) =>
      [0, 1, 19, 20].includes(index) && golden.expected
        ? { ...golden, expected: { ...golden.expected, label: other[golden.expected.label as 'violates'] } }
        : index === 29
          ? { ...golden, content: `${golden.content}, said otherwise` }
          : golden,
    )
    const { revision } = await imported(after)
    const candidate = await record({ version: 2, revision, cases: after, answer: wrongOn(3, 20, 25) })
    const { revisions, flips, baseline: first, candidate: last, warnings } = await comparisons.compare(baseline, candidate)
    expect(flips).toMatchObject({ fixed: 0, regressed: 1, relabelled: 5 })
    expect(warnings.join()).toContain('5 relabelled (1 of them with other content)')
    expect(revisions).toMatchObject({
      relabelling: { cases: 4, becameRight: 2, becameWrong: 2 },
      // Case 21 is right by the newer label, which the baseline did not know; 20 is wrong by it on both sides.
      prompt: { n: 39, fixed: 1, regressed: 1 },
      rewritten: 1,
    })
    expect(revisions?.steps.map(({ step, accuracy }) => [step, accuracy])).toEqual([
      ['baseline', first.accuracy],
      ['removed', 36 / 39],
      ['relabelled', 36 / 39],
      ['prompt', 36 / 39],
      ['added', last.accuracy],
    ])
    const idsOf = async (filter: object) =>
      (await comparisons.flips(baseline, candidate, { filter, offset: 0, limit: 50 })).rows.map(({ id }) => id).sort()
    expect(await idsOf({ relabelling: 'becameRight' })).toEqual(['case-1', 'case-2'])
    expect(await idsOf({ relabelling: 'becameWrong' })).toEqual(['case-20', 'case-21'])
    expect(await idsOf({ flipByNewLabels: 'fixed' })).toEqual(['case-21'])
    expect(await idsOf({ flipByNewLabels: 'regressed' })).toEqual(['case-25'])
    const rewritten = (await collect(comparisons.streamCases(baseline, candidate))).find(({ id }) => id === 'case-30')
    expect(rewritten).toMatchObject({ flip: 'relabelled' })
    expect(rewritten?.flipByNewLabels).toBeUndefined()
  })

  it('leaves out what a side has not answered yet, and says so', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons } = await prepareComparisons(database, goldenCases(30))
    const baseline = await record({ version: 1, answer: wrongOn() })
    const candidate = await record({
      version: 2,
      status: 'running',
      answer: (entry) => (Number(entry.id.slice(5)) <= 10 ? wrongOn(1)(entry) : []),
    })
    const comparison = await comparisons.compare(baseline, candidate)
    expect(comparison).toMatchObject({ n: 10, flips: { regressed: 1, stillRight: 9, removed: 0 } })
    expect(comparison.warnings[0]).toBe('The candidate is running, with 10 of 30 answers; cases without an answer are left out.')
  })

  it('marks flips that the same version makes by itself', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons } = await prepareComparisons(database, goldenCases(50))
    const baseline = await record({ version: 1, answer: wrongOn() })
    const candidate = await record({ version: 2, answer: wrongOn(1, 2, 4) })
    const again = await record({ version: 2, answer: wrongOn(2, 7) })
    const comparison = await comparisons.compare(baseline, candidate)
    expect(comparison.noise).toEqual({ replay: again, flips: 3, n: 50, rate: 0.06, fixedByNoise: 0, regressedByNoise: 2 })
    const noisy = await comparisons.flips(baseline, candidate, { filter: { noise: true }, offset: 0, limit: 10 })
    expect(noisy.rows.map((row) => [row.id, row.noise])).toEqual([
      ['case-1', true],
      ['case-4', true],
    ])
  })

  it('counts near duplicates as one group', async () => {
    await using database = await createTestDatabase()
    const text = 'Go back to where you came from, all of you, and never return to this town'
    const cases = goldenCases(40, (index) => ({
      content: index < 10 ? `${text} ${index}` : `${index * 7919} quite another message of its own ${String(index).repeat(9)}`,
    }))
    const { record, comparisons } = await prepareComparisons(database, cases)
    const baseline = await record({ version: 1, answer: wrongOn(1, 2, 3, 4, 5, 6, 7, 8, 9) })
    const candidate = await record({ version: 2, answer: wrongOn() })
    const { clusters, verdict, warnings } = await comparisons.compare(baseline, candidate)
    expect([clusters?.clusters, verdict]).toEqual([31, 'better'])
    expect(warnings[0]).toMatch(/near duplicates/)
  })

  it('says why it cannot compare', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons, imported } = await prepareComparisons(database, goldenCases(3))
    const baseline = await record({ version: 1, answer: wrongOn() })
    const idle = await record({ version: 2, status: 'pending', answer: () => [] })
    const other = [goldenCase({ id: 'elsewhere' })]
    const { revision } = await imported(other)
    const stranger = await record({ version: 3, revision, cases: other, answer: () => [violates] })
    const failure = async (work: Promise<unknown>) => {
      const error = await work.catch((thrown: unknown) => thrown)
      if (!(error instanceof TouchstoneError)) throw new Error('expected a TouchstoneError')
      return `${error.code}: ${error.message}`
    }
    expect(await failure(comparisons.compare(baseline, 'nope'))).toBe('not-found: There is no replay "nope".')
    expect(await failure(comparisons.compare(baseline, idle))).toMatch(/^unfinished: The candidate replay .* has no results yet/)
    expect(await failure(comparisons.compare(baseline, stranger))).toBe('not-comparable: The replays share no case.')
    expect(await failure(comparisons.compare(baseline, baseline, { margin: 3 }))).toMatch(
      /^invalid-input: The margin must be above 0 and below 1 .* not 3\.$/,
    )
    await (
      await database.prisma()
    ).policy.create({
      data: {
        id: 'other',
        slug: 'other',
        name: 'Other',
        scheme: {
          ...defaultVerdictScheme,
          labels: [
            { id: 'spam', kind: 'violating' },
            { id: 'ok', kind: 'allowed' },
          ],
        },
        createdAt: 1,
        updatedAt: 1,
      },
    })
    const foreign = await record({ version: 1, policyId: 'other', answer: wrongOn() })
    expect(await failure(comparisons.compare(baseline, foreign))).toMatch(
      /^not-comparable: The replays have different verdict schemes: the baseline's labels are allowed, escalate, violates/,
    )
  })

  it('answers two that ask at once by one pass', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons } = await prepareComparisons(database, goldenCases(30))
    const [baseline, candidate] = [await record({ version: 1, answer: wrongOn(1) }), await record({ version: 2, answer: wrongOn(2) })]
    const [first, second] = await Promise.all([comparisons.compare(baseline, candidate), comparisons.compare(baseline, candidate)])
    expect(second).toBe(first)
  })
})

describe('flips', () => {
  async function prepared(database: Awaited<ReturnType<typeof createTestDatabase>>) {
    const cases = goldenCases(30, (index) => ({
      tags: index < 5 ? ['irony'] : [],
      note: index === 3 ? 'A note on Tuesday' : index === 4 ? 'Über Größe' : undefined,
      meta: { functionality: index % 2 ? 'odd' : 'even' },
      mustPass: index === 7,
    }))
    const { record, comparisons } = await prepareComparisons(database, cases)
    const baseline = await record({ version: 1, answer: wrongOn(2, 3) })
    const candidate = await record({ version: 2, answer: wrongOn(1, 4, 8, 9) })
    const find = async (filter: Parameters<typeof comparisons.flips>[2]['filter'], offset = 0, limit = 100) => {
      const { total, rows } = await comparisons.flips(baseline, candidate, { filter, offset, limit })
      return { total, ids: rows.map((row) => row.id) }
    }
    return { find, comparisons, baseline, candidate }
  }

  it('come worst first, in pages, with all that a reader needs', async () => {
    await using database = await createTestDatabase()
    const { find, comparisons, baseline, candidate } = await prepared(database)
    // Zero tolerance, then missed violations by place in the set, then overdone ones, then what was fixed.
    expect(await find({ flip: ['regressed', 'fixed'] })).toEqual({
      total: 6,
      ids: ['case-8', 'case-1', 'case-4', 'case-9', 'case-2', 'case-3'],
    })
    expect(await find({ flip: ['regressed', 'fixed'] }, 2, 2)).toEqual({ total: 6, ids: ['case-4', 'case-9'] })
    const { rows } = await comparisons.flips(baseline, candidate, { offset: 0, limit: 1 })
    expect(rows[0]).toMatchObject({
      id: 'case-8',
      rank: 0,
      flip: 'regressed',
      content: 'Message number 8',
      mustPass: true,
      context: { parents: [] },
      tags: [],
      note: null,
      expected: { label: 'violates', rules: {} },
      baseline: { outcome: 'correct', label: 'violates', rationale: 'It insults.' },
      candidate: { outcome: 'wrong', label: 'allowed' },
    })
  })

  it('are narrowed by filters that combine', async () => {
    await using database = await createTestDatabase()
    const { find } = await prepared(database)
    expect(await find({ flip: ['regressed'], tag: 'irony' })).toEqual({ total: 2, ids: ['case-1', 'case-4'] })
    expect(await find({ flip: ['regressed'], facets: [{ by: 'functionality', value: 'odd' }] })).toEqual({
      total: 2,
      ids: ['case-8', 'case-4'],
    })
    expect(await find({ expectedLabel: 'allowed', candidateLabel: 'violates' })).toEqual({ total: 1, ids: ['case-9'] })
    expect(await find({ text: 'TUESDAY note' })).toEqual({ total: 1, ids: ['case-4'] })
    expect(await find({ text: 'ÜBER' })).toEqual({ total: 1, ids: ['case-5'] })
    expect(await find({ text: '100%' })).toEqual({ total: 0, ids: [] })
    expect((await find({ rule: 'H1' })).total).toBe(0)
    expect((await find(undefined)).total).toBe(30)
    expect((await find({ flip: [] })).total).toBe(0)
  })

  it('stream all cases in the same order', async () => {
    await using database = await createTestDatabase()
    const { find, comparisons, baseline, candidate } = await prepared(database)
    const streamed: ComparedCase[] = await collect(comparisons.streamCases(baseline, candidate))
    expect(streamed.map((row) => row.id)).toEqual((await find(undefined)).ids)
    expect(streamed[0]).toEqual({
      id: 'case-8',
      flip: 'regressed',
      expected: { label: 'violates', rules: {} },
      baseline: expect.anything(),
      candidate: expect.anything(),
    })
  })
})

describe('liveFlips', () => {
  it('counts what both sides have answered by now, worst first', async () => {
    await using database = await createTestDatabase()
    const { record, comparisons } = await prepareComparisons(
      database,
      goldenCases(30, (index) => ({ mustPass: index === 3 })),
    )
    const baseline = await record({ version: 1, answer: wrongOn(2) })
    const candidate = await record({
      version: 2,
      status: 'running',
      answer: (entry) => (Number(entry.id.slice(5)) <= 10 ? wrongOn(1, 3, 4)(entry) : []),
    })
    const live = await comparisons.liveFlips(baseline, candidate, 3)
    expect(live).toMatchObject({ compared: 10, fixed: 1, regressed: 3 })
    expect(live.rows.map(({ id, flip, rank }) => [id, flip, rank])).toEqual([
      ['case-4', 'regressed', 0],
      ['case-1', 'regressed', 1],
      ['case-3', 'regressed', 2],
    ])
    expect(live.rows[0]).toMatchObject({ content: 'Message number 4', candidate: { label: 'allowed' }, mustPass: true })
  })

  it('leaves out cases whose expected verdict the sides do not share', async () => {
    await using database = await createTestDatabase()
    const before = goldenCases(6)
    const { record, comparisons, imported } = await prepareComparisons(database, before)
    const baseline = await record({ version: 1, answer: wrongOn() })
    const after = [{ ...known(before[0]), expected: { label: 'allowed', rules: {} } }, ...before.slice(1)]
    const { revision } = await imported(after)
    const candidate = await record({ version: 2, revision, cases: after, answer: wrongOn(1, 2) })
    expect(await comparisons.liveFlips(baseline, candidate, 10)).toMatchObject({
      compared: 5,
      fixed: 0,
      regressed: 1,
      rows: [{ id: 'case-2' }],
    })
  })
})
