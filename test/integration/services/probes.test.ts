import { describe, expect, test } from 'vitest'
import type { ProbeSelection } from '~/domain/probes/probe-selection'
import { transformNames } from '~/domain/probes/transforms'
import { openDatabase } from '~/storage/database'
import { createTestWorkspace, type TestWorkspace } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'

const promptText = '# Rules\n\n## H1 Insults\nRemove a message that calls someone vermin.\n\nExamples that violate H1:\n- "you vermin"\n'
const model = { provider: 'touchstone', name: 'rehearsal' } as const
const author = 'tester'
const everything: ProbeSelection = { caseIds: null, limit: null, seed: 1, transforms: [...transformNames] }

const cases = Array.from({ length: 12 }, (_, index) =>
  goldenCase({
    id: `case/${index}`,
    content: index % 2 === 0 ? `You vermin, number ${index}` : `Lovely weather, number ${index}`,
    expected: index === 11 ? null : { label: index % 2 === 0 ? 'violates' : 'allowed', rules: index % 2 === 0 ? { H1: true } : {} },
  }),
)

async function openProbed(): Promise<TestWorkspace> {
  const workspace = await createTestWorkspace()
  await workspace.goldenSets.importCases({ policySlug: 'demo', goldenName: 'cases', cases, mode: 'merge', author, message: 'made' })
  return workspace
}

const request = (selection: Partial<ProbeSelection> = {}) => ({
  policySlug: 'demo',
  prompt: { text: promptText },
  goldenSet: 'cases',
  model,
  author,
  selection: { ...everything, ...selection },
})

describe('a probe run', () => {
  test('asks every probe, holds it against the unchanged text, and shows both', async () => {
    await using workspace = await openProbed()
    const { run, continued } = await workspace.probes.prepare(request())
    expect(continued).toBe(false)
    expect(run).toMatchObject({ status: 'pending', parents: 12, parentsOf: 12, done: 0, notAsked: { verdictOverride: 1 } })
    const report = await workspace.probes.run(run.id)
    expect(report).toMatchObject({ status: 'finished', done: run.total, total: run.total, rehearsal: true })
    const { robustness } = report
    expect(robustness.repeat).toMatchObject({ n: 12, count: 0 })
    expect(robustness.moved.n).toBe(12 * 8)
    expect(robustness.moved.count).toBeGreaterThan(0)
    expect(robustness.slices.map(({ by, value }) => `${by} ${value}`)).toEqual(['rule H1'])

    const moved = await workspace.probes.cases(run.id, { result: 'moved', kind: 'variant', offset: 0, limit: 500 })
    expect(moved.total).toBe(robustness.moved.count)
    for (const row of moved.rows) expect(row.after?.verdict?.label).not.toBe(row.before?.verdict?.label)
    const page = await workspace.probes.cases(run.id, { facet: { by: 'rule', value: 'H1' }, transform: 'leet', offset: 0, limit: 500 })
    expect(page.rows.map(({ parentId }) => parentId)).toEqual(['case/0', 'case/2', 'case/4', 'case/6', 'case/8', 'case/10'])
    expect(page.rows[0]).toMatchObject({
      id: 'leet/case/0',
      content: 'Y0u v3rm1n, numb3r 0',
      parentContent: 'You vermin, number 0',
    })
  })

  test('each figure leads to as many cases as it counts', async () => {
    await using workspace = await openProbed()
    const { run } = await workspace.probes.prepare(request())
    const { robustness } = await workspace.probes.run(run.id)
    const total = async (
      filter: Parameters<typeof workspace.probes.cases>[1] extends infer Query ? Omit<Query & object, 'offset' | 'limit'> : never,
    ) => (await workspace.probes.cases(run.id, { ...filter, offset: 0, limit: 1 })).total
    for (const { kind, transform, moved, fromViolating, toViolating, attackSuccess, falseAlarms } of robustness.transforms) {
      expect(await total({ kind, transform, result: 'judged' })).toBe(moved.n)
      expect(await total({ kind, transform, result: 'moved' })).toBe(moved.count)
      expect(await total({ kind, transform, result: 'fromViolating' })).toBe(fromViolating)
      expect(await total({ kind, transform, result: 'toViolating' })).toBe(toViolating)
      if (attackSuccess) expect(await total({ kind, transform, result: 'attackSuccess' })).toBe(attackSuccess.count)
      if (falseAlarms) expect(await total({ kind, transform, result: 'falseAlarms' })).toBe(falseAlarms.count)
      const own = attackSuccess ?? falseAlarms
      if (!own) continue
      expect(await total({ kind, transform, result: 'tried' })).toBe(own.n)
      expect(await total({ kind, transform, leftOut: 'wrongBefore' })).toBe(own.leftOut.wrongBefore)
    }
  })

  test('takes the verdicts of the replay that it probes, and asks the rest', async () => {
    await using workspace = await openProbed()
    const { replay } = await workspace.replays.prepare({ ...request(), author })
    await workspace.replays.run(replay.id)
    const { run } = await workspace.probes.prepare({ replayId: replay.id, author, selection: everything })
    expect(run).toMatchObject({ baseReplayId: replay.id, done: 12 })
    const report = await workspace.probes.run(run.id)
    expect(report.progress).toMatchObject({ cached: 12, calls: run.total - 12 })
    // Named by its prompt, it is the same run.
    expect(await workspace.probes.prepare(request())).toMatchObject({ continued: true, run: { id: run.id } })
  })

  test('goes on where it was stopped, and asks nothing twice', async () => {
    await using workspace = await openProbed()
    const { run } = await workspace.probes.prepare(request())
    const controller = new AbortController()
    let seen = 0
    await workspace.probes
      .run(
        run.id,
        (event) => {
          if (event.type === 'trial' && ++seen === 5) controller.abort()
        },
        controller.signal,
      )
      .catch(() => undefined)
    const stopped = await workspace.probes.get(run.id)
    expect(stopped.status).toBe('cancelled')
    expect(stopped.done).toBeGreaterThanOrEqual(5)
    const again = await workspace.probes.prepare(request())
    expect(again).toMatchObject({ continued: true, run: { id: run.id } })
    const asked: string[] = []
    const report = await workspace.probes.run(run.id, (event) => {
      if (event.type === 'trial') asked.push(`${event.result.epoch} ${event.result.caseId}`)
    })
    expect(report).toMatchObject({ status: 'finished', done: run.total })
    expect(asked).toHaveLength(run.total - stopped.done)
    expect(new Set(asked).size).toBe(asked.length)
  })

  test('leaves golden set, replays and their figures as they were', async () => {
    await using workspace = await openProbed()
    const { replay } = await workspace.replays.prepare({ ...request(), author })
    await workspace.replays.run(replay.id)
    const look = async () => ({
      sets: await workspace.goldenSets.list('demo'),
      revisions: await workspace.goldenSets.revisions('demo', 'cases'),
      replays: await workspace.replays.list(),
      report: await workspace.replays.report(replay.id),
      facets: await workspace.goldenSets.facets('demo', 'cases'),
    })
    const before = await look()
    const { run } = await workspace.probes.prepare({ replayId: replay.id, author, selection: everything })
    await workspace.probes.run(run.id)
    expect(await look()).toEqual(before)
  })

  test('keeps to the revision it was made from', async () => {
    await using workspace = await openProbed()
    const { run } = await workspace.probes.prepare(request({ caseIds: ['case/0'], transforms: ['leet'] }))
    await workspace.goldenSets.updateCase('demo', 'cases', { case: { ...cases[0]!, content: 'Another text' }, author, message: 'changed' })
    await workspace.probes.run(run.id)
    const { rows } = await workspace.probes.cases(run.id, { offset: 0, limit: 10 })
    expect(rows).toMatchObject([{ parentContent: 'You vermin, number 0', content: 'Y0u v3rm1n, numb3r 0' }])
    // The set as it is now is another run.
    expect((await workspace.probes.prepare(request({ caseIds: ['case/0'], transforms: ['leet'] }))).continued).toBe(false)
  })

  test('runs in the background, is listed by case, and goes with its policy', async () => {
    await using workspace = await openProbed()
    const { run } = await workspace.probes.prepare(request({ caseIds: ['case/0'] }))
    const { run: other } = await workspace.probes.prepare(request({ caseIds: ['case/1'] }))
    await workspace.probes.cancel(other.id)
    expect((await workspace.probes.get(other.id)).status).toBe('cancelled')
    expect(await workspace.probes.resumeUnfinished()).toBe(1)
    await expect.poll(async () => (await workspace.probes.get(run.id)).status).toBe('finished')
    expect((await workspace.probes.list({ policySlug: 'demo', caseId: 'case/0' })).map(({ id }) => id)).toEqual([run.id])
    const database = await openDatabase(workspace.databaseUrl)
    database.raw.prepare('DELETE FROM Replay').run()
    database.raw.prepare('DELETE FROM ProbeRun').run()
    for (const table of ['Probe', 'ProbeTrial', 'ProbeClaim'])
      expect(database.raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
    await database.close()
  })

  test('refuses what cannot be', async () => {
    await using workspace = await openProbed()
    await expect(workspace.probes.prepare(request({ caseIds: ['nothing'] }))).rejects.toThrow('There is no case "nothing"')
    await expect(workspace.probes.prepare({ replayId: 'none', author, selection: everything })).rejects.toThrow('There is no replay "none"')
    await expect(workspace.probes.get('none')).rejects.toThrow('There is no probe run "none"')
    await expect(workspace.probes.prepare({ ...request(), options: { batch: true } })).rejects.toThrow('not asked in batches')
  })
})
