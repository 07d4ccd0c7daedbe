import { describe, expect, test } from 'vitest'
import { hashPromptText } from '~/lib/hash'
import { createTestWorkspace, type TestWorkspace } from '../../support/database'

const slug = 'chat'
const author = 'ana'

async function withPolicy(): Promise<TestWorkspace> {
  const workspace = await createTestWorkspace()
  await workspace.policies.create(
    { schema: 'touchstone.policy/1', slug, name: 'Chat', description: '', verdicts: scheme, errorCosts: [] },
    author,
  )
  return workspace
}
const scheme = {
  labels: [
    { id: 'violates', kind: 'violating' as const },
    { id: 'allowed', kind: 'allowed' as const },
  ],
  rules: [],
  severities: [],
}
const save = (workspace: TestWorkspace, text: string, message = '') => workspace.prompts.createVersion(slug, { text, message, author })

describe('versions', () => {
  test('are numbered, keep their parent, and do not change', async () => {
    await using workspace = await withPolicy()
    const first = await save(workspace, 'H1. No insults.', 'first')
    const second = await save(workspace, 'H1. No insults at all.', 'firmer')
    expect(first).toMatchObject({
      created: true,
      version: { number: 1, parentNumber: null, message: 'first', author, labels: [], accuracy: null },
    })
    expect(second).toMatchObject({ created: true, version: { number: 2, parentNumber: 1 } })
    const branch = await workspace.prompts.createVersion(slug, { text: 'H1. Be kind.', message: 'other way', author, parentNumber: 1 })
    expect(branch.version.parentNumber).toBe(1)
    expect((await workspace.prompts.versions(slug)).map(({ number }) => number)).toEqual([3, 2, 1])
    expect((await workspace.prompts.versionText(slug, 1)).text).toBe('H1. No insults.')
    expect(await workspace.prompts.textByHash(second.version.textHash)).toBe('H1. No insults at all.')
  })

  test('with the same text are the same version, line ends aside', async () => {
    await using workspace = await withPolicy()
    const first = await save(workspace, 'one\ntwo\n', 'first')
    expect(await save(workspace, 'one\r\ntwo\r\n', 'again')).toEqual({ version: first.version, created: false })
    expect((await save(workspace, 'one\ntwo', 'no last line end')).created).toBe(true)
    expect((await workspace.prompts.versionText(slug, 1)).text).toBe('one\ntwo\n')
  })

  test('made at the same moment get numbers of their own', async () => {
    await using workspace = await withPolicy()
    const texts = ['a', 'b', 'c', 'd', 'e']
    const made = await Promise.all(texts.map((text) => save(workspace, text)))
    expect(made.map(({ version }) => version.number).sort()).toEqual([1, 2, 3, 4, 5])
  })

  test('of an empty text, or of an unknown policy, are refused', async () => {
    await using workspace = await withPolicy()
    await expect(save(workspace, ' \n')).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(workspace.prompts.versions('nobody')).rejects.toMatchObject({ code: 'not-found' })
    await expect(workspace.prompts.versionText(slug, 1)).rejects.toMatchObject({ code: 'not-found' })
    await expect(workspace.prompts.textByHash('0')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the draft', () => {
  test('is the newest version until somebody edits', async () => {
    await using workspace = await withPolicy()
    expect(await workspace.prompts.draft(slug, author)).toMatchObject({ text: '', revision: 0, baseVersion: null, sameAsVersion: null })
    await save(workspace, 'one')
    expect(await workspace.prompts.draft(slug, author)).toMatchObject({
      text: 'one',
      revision: 0,
      baseVersion: { number: 1 },
      sameAsVersion: 1,
    })
    const saved = await workspace.prompts.saveDraft(slug, { text: 'two', expectedRevision: 0, author })
    expect(saved).toMatchObject({
      status: 'saved',
      draft: { text: 'two', revision: 1, baseVersion: { number: 1 }, sameAsVersion: null, textHash: hashPromptText('two') },
    })
  })

  test('edited in two tabs: the second save writes nothing and gets both texts', async () => {
    await using workspace = await withPolicy()
    await save(workspace, 'one')
    const write = (text: string, expectedRevision: number) => workspace.prompts.saveDraft(slug, { text, expectedRevision, author })
    expect(await write('first tab', 0)).toMatchObject({ status: 'saved' })
    expect(await write('second tab', 0)).toMatchObject({
      status: 'conflict',
      theirs: { text: 'first tab', revision: 1 },
      yours: 'second tab',
    })
    expect(await workspace.prompts.draft(slug, author)).toMatchObject({ text: 'first tab', revision: 1 })
    expect(await write('first tab goes on', 1)).toMatchObject({ status: 'saved', draft: { revision: 2 } })
    expect(await write('second tab, having seen it', 1)).toMatchObject({ status: 'conflict' })
  })

  test('saved at the same moment from two tabs is saved once', async () => {
    await using workspace = await withPolicy()
    const results = await Promise.all(
      ['a', 'b', 'c'].map((text) => workspace.prompts.saveDraft(slug, { text, expectedRevision: 0, author })),
    )
    expect(results.filter(({ status }) => status === 'saved')).toHaveLength(1)
  })

  test('that became a version goes on from it', async () => {
    await using workspace = await withPolicy()
    await save(workspace, 'one')
    await save(workspace, 'two')
    await workspace.prompts.saveDraft(slug, { text: 'three', expectedRevision: 0, author })
    expect((await save(workspace, 'three')).version.parentNumber).toBe(2)
    expect(await workspace.prompts.draft(slug, author)).toMatchObject({ text: 'three', baseVersion: { number: 3 }, sameAsVersion: 3 })
  })
})

describe('labels', () => {
  test('move, and remember who moved them, when and why', async () => {
    await using workspace = await withPolicy()
    await save(workspace, 'one')
    await save(workspace, 'two')
    const move = (number: number, note?: string) => workspace.prompts.moveLabel(slug, { label: 'production', number, author: 'bo', note })
    await move(1)
    await move(1, 'already there')
    await move(2, 'passed the gate')
    expect((await workspace.prompts.versions(slug)).map(({ number, labels }) => [number, labels])).toEqual([
      [2, ['production']],
      [1, []],
    ])
    expect(await workspace.prompts.labelHistory(slug)).toMatchObject([
      { label: 'production', from: 1, to: 2, author: 'bo', note: 'passed the gate' },
      { label: 'production', from: null, to: 1, author: 'bo', note: '' },
    ])
    await expect(move(9)).rejects.toMatchObject({ code: 'not-found' })
    await expect(workspace.prompts.moveLabel(slug, { label: 'Not A Label', number: 1, author })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })
})
