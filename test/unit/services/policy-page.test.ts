import { describe, expect, test, vi } from 'vitest'
import { loadPolicyOverview, loadPolicyPage, rehearsalModel, startDraftReplay } from '~/services/policy-page'
import type { PromptVersionView, ReplaySummary, Workspace } from '~/services/workspace-api'

const version = (number: number, labels: string[] = []): PromptVersionView => ({
  id: `v${number}`,
  number,
  message: '',
  author: 'Mara',
  createdAt: number,
  parentNumber: number > 1 ? number - 1 : null,
  textHash: `hash${number}`,
  labels,
  accuracy: null,
})
const replay = (id: string, fields: Partial<ReplaySummary>): ReplaySummary => ({
  id,
  policySlug: 'hate',
  promptHash: 'hash1',
  versionNumber: 1,
  goldenSet: 'edge-cases',
  goldenRevision: 2,
  model: rehearsalModel,
  modelName: 'touchstone:rehearsal',
  rehearsal: true,
  epochs: 1,
  status: 'finished',
  statusReason: null,
  total: 10,
  done: 10,
  accuracy: 0.8,
  author: 'Mara',
  createdAt: 1,
  startedAt: 1,
  finishedAt: 2,
  durationMs: 1,
  ...fields,
})

function createWorkspace(state: { versions: PromptVersionView[]; replays: ReplaySummary[]; draftHash?: string }) {
  const compare = vi.fn(async (baseline: string, candidate: string) => ({
    sentence: `${candidate} against ${baseline}`,
    verdict: 'better',
  }))
  const prepared: unknown[] = []
  const started: string[] = []
  const workspace = {
    policies: { get: async () => ({ slug: 'hate', model: null }), list: async () => [{ slug: 'hate' }] },
    prompts: { versions: async () => state.versions, draft: async () => ({ text: 'draft', textHash: state.draftHash ?? 'draft-hash' }) },
    goldenSets: {
      list: async () => [
        { id: 'g1', name: 'other', head: 1, caseCount: 3, contentHash: null, updatedAt: null },
        { id: 'g2', name: 'edge-cases', head: 2, caseCount: 10, contentHash: null, updatedAt: null },
      ],
    },
    replays: {
      list: async () => state.replays,
      prepare: async (request: { prompt: { version?: number } }) => {
        prepared.push(request)
        const found = request.prompt.version === 1 ? replay('base', { status: 'finished' }) : replay('new', { status: 'pending' })
        return { replay: found, continued: false }
      },
      start: async (id: string) => void started.push(id),
    },
    comparisons: { compare },
  } as unknown as Workspace
  return { workspace, compare, prepared, started }
}
const choice = { goldenSet: null, baselineVersion: null, author: 'Mara' }

describe('the page of one policy', () => {
  test('the baseline is production; the set is the one that was last replayed', async () => {
    const { workspace } = createWorkspace({ versions: [version(1, ['production']), version(2)], replays: [replay('r1', {})] })
    const page = await loadPolicyPage(workspace, 'hate', choice)
    expect(page.baselineVersion?.number).toBe(1)
    expect(page.goldenSet?.name).toBe('edge-cases')
    expect(page.baselineReplay?.id).toBe('r1')
    expect(page.models).toEqual([rehearsalModel])
  })

  test('a draft that was replayed finds its replay again, over the newest revision first', async () => {
    const { workspace } = createWorkspace({
      versions: [version(1, ['production'])],
      replays: [
        replay('old-revision', { promptHash: 'draft-hash', versionNumber: null, goldenRevision: 1, createdAt: 9 }),
        replay('current', { promptHash: 'draft-hash', versionNumber: null, createdAt: 5 }),
        replay('earlier-text', { promptHash: 'other', versionNumber: null, createdAt: 8 }),
      ],
    })
    expect((await loadPolicyPage(workspace, 'hate', choice)).draftReplay?.id).toBe('current')
  })

  test('a replay that runs is shown before any other, also when the draft moved on', async () => {
    const { workspace } = createWorkspace({
      versions: [version(1, ['production'])],
      replays: [
        replay('done', { promptHash: 'draft-hash', versionNumber: null }),
        replay('runs', { promptHash: 'earlier', versionNumber: null, status: 'running', finishedAt: null }),
      ],
    })
    expect((await loadPolicyPage(workspace, 'hate', choice)).draftReplay?.id).toBe('runs')
  })

  test('replays with another model, another set or more epochs are no evidence here', async () => {
    const { workspace } = createWorkspace({
      versions: [version(1, ['production'])],
      replays: [
        replay('other-set', { goldenSet: 'other', createdAt: 0 }),
        replay('other-model', { model: { provider: 'openai', name: 'm' }, rehearsal: false }),
        replay('epochs', { epochs: 5 }),
      ],
    })
    const page = await loadPolicyPage(workspace, 'hate', { ...choice, goldenSet: 'edge-cases' })
    expect(page.baselineReplay).toBeNull()
    expect(page.models).toHaveLength(2)
  })
})

describe('starting the replay of a draft', () => {
  test('a finished baseline is used as it is; only the draft is started', async () => {
    const { workspace, prepared, started } = createWorkspace({ versions: [version(1)], replays: [] })
    const result = await startDraftReplay(workspace, {
      slug: 'hate',
      text: 'draft',
      goldenSet: 'edge-cases',
      baselineVersion: 1,
      again: false,
      author: 'Mara',
    })
    expect(result).toMatchObject({ replay: { id: 'new' }, baseline: { id: 'base' } })
    expect(started).toEqual(['new'])
    expect(prepared).toEqual([
      expect.objectContaining({ prompt: { version: 1 }, reuseFinished: true, model: rehearsalModel }),
      expect.objectContaining({ prompt: { text: 'draft' }, reuseFinished: true }),
    ])
  })

  test('asking again makes a new replay that leaves the cache aside', async () => {
    const { workspace, prepared } = createWorkspace({ versions: [version(1)], replays: [] })
    await startDraftReplay(workspace, {
      slug: 'hate',
      text: 'draft',
      goldenSet: 'edge-cases',
      baselineVersion: null,
      again: true,
      author: 'Mara',
    })
    expect(prepared).toEqual([expect.objectContaining({ fresh: true, options: { cache: 'refresh' } })])
  })
})

describe('the policies with their newest comparison', () => {
  test('the candidate is compared with production over the same set with the same model', async () => {
    const { workspace, compare } = createWorkspace({
      versions: [version(1, ['production']), version(2, ['candidate']), version(3)],
      replays: [
        replay('p-other-model', { model: { provider: 'openai', name: 'm' }, createdAt: 9 }),
        replay('p', { createdAt: 1 }),
        replay('c', { promptHash: 'hash2', versionNumber: 2, createdAt: 2 }),
        replay('head', { promptHash: 'hash3', versionNumber: 3, createdAt: 3 }),
      ],
    })
    const [policy] = await loadPolicyOverview(workspace)
    expect(policy?.latestComparison).toMatchObject({
      baselineReplayId: 'p',
      candidateReplayId: 'c',
      baselineVersion: 1,
      candidateVersion: 2,
      rehearsal: true,
    })
    expect(compare).toHaveBeenCalledTimes(1)
  })

  test('without two replays that can be compared there is none', async () => {
    const { workspace, compare } = createWorkspace({ versions: [version(1, ['production']), version(2)], replays: [replay('p', {})] })
    expect((await loadPolicyOverview(workspace))[0]?.latestComparison).toBeNull()
    expect(compare).not.toHaveBeenCalled()
  })
})
