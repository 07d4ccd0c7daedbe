import { describe, expect, it } from 'vitest'
import type { Workspace } from '~/services/workspace-api'
import { sealHoldout } from '~/services/seal-holdout'
import { createTestWorkspace } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'

const place = ['chat', 'edges'] as const
const page = { offset: 0, limit: 100 }
const prompt = (word: string) =>
  `# Policy\n\n## R1 Insults\nRemove a message that says ${word}.\n\nExamples that violate R1:\n- "${word}"\n`

async function prepare(now?: () => number) {
  const workspace = await createTestWorkspace(now ? { now } : {})
  await workspace.goldenSets.importCases({
    policySlug: 'chat',
    goldenName: 'edges',
    cases: goldenCases(9, (index) => ({
      split: index < 3 ? 'holdout' : 'train',
      content: `message ${index < 3 ? 'secret' : 'open'} ${index}`,
    })),
    mode: 'merge',
    author: 'ana',
    message: 'first',
  })
  return workspace
}

async function replay(workspace: Workspace, text: string): Promise<string> {
  const { replay: prepared } = await workspace.replays.prepare({
    policySlug: 'chat',
    prompt: { text },
    goldenSet: 'edges',
    model: { provider: 'touchstone', name: 'rehearsal' },
    author: 'ana',
  })
  await workspace.replays.run(prepared.id)
  return prepared.id
}

const idsOf = async (cases: AsyncIterable<{ id: string }>) => {
  const ids: string[] = []
  for await (const { id } of cases) ids.push(id)
  return ids
}

describe('a sealed holdout', () => {
  it('is left out of tables, streams and searches, and refused case by case, in every revision', async () => {
    await using workspace = await prepare()
    const sealed = sealHoldout(workspace)
    expect((await sealed.goldenSets.cases(...place, page)).total).toBe(6)
    expect((await sealed.goldenSets.cases(...place, { ...page, filter: { text: 'secret' } })).total).toBe(0)
    expect(await idsOf(sealed.goldenSets.stream(...place))).toEqual(['case-4', 'case-5', 'case-6', 'case-7', 'case-8', 'case-9'])
    await expect(sealed.goldenSets.case(...place, 'case-1')).rejects.toMatchObject({ code: 'sealed' })
    await expect(sealed.goldenSets.caseHistory(...place, 'case-1')).rejects.toMatchObject({ code: 'sealed' })
    await expect(sealed.annotations.list(...place, 'case-1')).rejects.toMatchObject({ code: 'sealed' })
    expect((await sealed.goldenSets.case(...place, 'case-4')).case.id).toBe('case-4')

    // Drawn anew: what is sealed now is sealed in the revision before, too, and what was sealed is open.
    const { case: opened } = await workspace.goldenSets.case(...place, 'case-1')
    await workspace.goldenSets.updateCase(...place, { case: { ...opened, split: 'train' }, author: 'ana', message: 'moved' })
    const { case: closed } = await workspace.goldenSets.case(...place, 'case-9')
    await workspace.goldenSets.updateCase(...place, { case: { ...closed, split: 'holdout' }, author: 'ana', message: 'moved' })
    const first = await sealed.goldenSets.cases(...place, { ...page, revision: 1 })
    expect(first.rows.map(({ id }) => id)).toEqual(['case-1', 'case-4', 'case-5', 'case-6', 'case-7', 'case-8'])
    await expect(sealed.goldenSets.case(...place, 'case-9', 1)).rejects.toMatchObject({ code: 'sealed' })
  })

  it('counts in every figure and shows in no list of answers', async () => {
    await using workspace = await prepare()
    const [baseline, candidate] = [await replay(workspace, prompt('open')), await replay(workspace, prompt('secret'))]
    const sealed = sealHoldout(workspace)
    expect((await sealed.comparisons.compare(baseline, candidate)).n).toBe(9)
    const all = await idsOf(workspace.comparisons.streamCases(baseline, candidate))
    const shown = await idsOf(sealed.comparisons.streamCases(baseline, candidate))
    expect([all.length, shown.length]).toEqual([9, 6])
    expect(shown.filter((id) => ['case-1', 'case-2', 'case-3'].includes(id))).toEqual([])
    expect((await sealed.comparisons.flips(baseline, candidate, page)).total).toBe(6)
    const live = await sealed.comparisons.liveFlips(baseline, candidate, 50)
    expect(live.fixed + live.regressed).toBeGreaterThan(live.rows.length)
    expect((await sealed.replays.trials(candidate, page)).total).toBe(6)
    expect((await sealed.reviews.queue(candidate, { queue: 'all', ...page })).total).toBe(6)
    await expect(sealed.reviews.confirm({ replayId: candidate, caseId: 'case-1', author: 'bo' })).rejects.toMatchObject({ code: 'sealed' })
    expect((await sealed.health.report(...place)).report.caseCount).toBe(9)
  })

  it('opens to who looked, for a while and on record', async () => {
    let time = 1_000
    await using workspace = await prepare(() => time)
    await expect(workspace.holdout.look(...place, { author: 'bo', reason: ' ', what: 'all' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    const look = await workspace.holdout.look(...place, { author: 'bo', reason: 'audit', what: 'its cases', durationMs: 100 })
    const total = async (lookIds: string[]) => (await sealHoldout(workspace, lookIds).goldenSets.cases(...place, page)).total
    expect(await total([look.id])).toBe(9)
    expect(await total(['another'])).toBe(6)
    expect((await sealHoldout(workspace, [look.id]).goldenSets.case(...place, 'case-1')).case.content).toBe('message secret 0')
    time += 100
    expect(await total([look.id])).toBe(6)
    const { cases, looks, open } = await workspace.holdout.state(...place, [look.id])
    expect({ cases, open }).toEqual({ cases: 3, open: null })
    expect(looks).toMatchObject([{ author: 'bo', reason: 'audit', what: 'its cases', revision: 1, createdAt: 1_000, openUntil: 1_100 }])
  })

  it('is not there where no case is in the holdout', async () => {
    await using workspace = await createTestWorkspace()
    await workspace.goldenSets.importCases({
      policySlug: 'chat',
      goldenName: 'edges',
      cases: goldenCases(2),
      mode: 'merge',
      author: 'ana',
      message: 'first',
    })
    await expect(workspace.holdout.look(...place, { author: 'bo', reason: 'audit', what: 'all' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    expect((await sealHoldout(workspace).goldenSets.cases(...place, page)).total).toBe(2)
  })
})
