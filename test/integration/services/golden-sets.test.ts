import { describe, expect, test } from 'vitest'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { createTestWorkspace, type TestWorkspace } from '../../support/database'
import { goldenCase, goldenCases } from '../../support/golden-cases'

const slug = 'chat'
const name = 'edge-cases'

function importInto(
  workspace: TestWorkspace,
  cases: Iterable<GoldenCase> | AsyncIterable<GoldenCase>,
  mode: 'merge' | 'mirror' = 'merge',
  dryRun = false,
) {
  return workspace.goldenSets.importCases({
    policySlug: slug,
    goldenName: name,
    cases,
    mode,
    author: 'ana',
    message: 'From the spreadsheet',
    dryRun,
  })
}

async function readAll(workspace: TestWorkspace, revision?: number): Promise<GoldenCase[]> {
  const cases: GoldenCase[] = []
  for await (const one of workspace.goldenSets.stream(slug, name, revision)) cases.push(one)
  return cases
}

const full: GoldenCase = {
  id: 'فارسی/1',
  content: 'multi\nline \u202e bidi \ud83d\ude00 "quoted"',
  context: { parents: ['first', 'second'], surface: 'comment', author: 'account of 2 days', locale: 'fa-IR' },
  expected: { label: 'violates', rules: { S1: false, H2: true }, severity: 'high' },
  tags: ['sarcasm', 'bidi'],
  note: 'why',
  mustPass: true,
  split: 'train',
  meta: { functionality: 'slur', count: 3, checked: false, empty: null },
  annotations: [{ annotator: 'a1', label: 'violates', rules: { H2: true }, note: 'clear' }],
}

describe('importing', () => {
  test('makes the policy and the set, and every field of a case comes back', async () => {
    await using workspace = await createTestWorkspace()
    const report = await importInto(workspace, [full, goldenCase()])
    expect(report).toMatchObject({ added: 2, revision: 1, total: 2, policyCreated: true, goldenSetCreated: true, rulesAdded: ['S1', 'H2'] })
    expect(await readAll(workspace)).toEqual([full, goldenCase()])
    const policy = await workspace.policies.get(slug)
    expect(policy.name).toBe('Chat')
    expect(policy.scheme.rules.map(({ id }) => id)).toEqual(['S1', 'H2'])
    expect(policy.scheme.severities).toEqual(['high'])
  })

  test('counts added, changed, relabelled and unchanged, and keeps the earlier revision as it was', async () => {
    await using workspace = await createTestWorkspace()
    const before = goldenCases(5)
    await importInto(workspace, before)
    const after = [
      ...before.slice(0, 2),
      goldenCase({ ...before[2], note: 'a note' }),
      goldenCase({ ...before[3], expected: { label: 'allowed', rules: {} } }),
      goldenCase({ id: 'new', content: 'New' }),
    ]
    const plan = await importInto(workspace, after, 'merge', true)
    expect(plan).toMatchObject({ added: 1, changed: 1, relabelled: 1, unchanged: 2, removed: 0, revision: 1 })
    expect(await readAll(workspace)).toEqual(before)
    expect(await importInto(workspace, after)).toMatchObject({ added: 1, changed: 1, relabelled: 1, unchanged: 2, removed: 0, revision: 2 })
    expect(await readAll(workspace, 1)).toEqual(before)
    expect((await readAll(workspace)).map(({ id }) => id)).toEqual(['case-1', 'case-2', 'case-3', 'case-4', 'case-5', 'new'])
    expect(await workspace.goldenSets.revisions(slug, name)).toMatchObject([
      { number: 2, author: 'ana', message: 'From the spreadsheet', caseCount: 6, added: 1, changed: 1, relabelled: 1, removed: 0 },
      { number: 1, caseCount: 5, added: 5 },
    ])
  })

  test('of what is there already makes no revision', async () => {
    await using workspace = await createTestWorkspace()
    const first = await importInto(workspace, goldenCases(3))
    expect(await importInto(workspace, goldenCases(3))).toMatchObject({ unchanged: 3, revision: 1, contentHash: first.contentHash })
    expect(await workspace.goldenSets.revisions(slug, name)).toHaveLength(1)
  })

  test('as a mirror removes what the file lacks; as a merge it does not', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(4))
    expect(await importInto(workspace, goldenCases(2))).toMatchObject({ removed: 0, revision: 1 })
    expect(await importInto(workspace, goldenCases(2), 'mirror')).toMatchObject({ removed: 2, unchanged: 2, revision: 2 })
    expect(await readAll(workspace)).toEqual(goldenCases(2))
    expect(await readAll(workspace, 1)).toEqual(goldenCases(4))
  })

  test('takes a row with a new id for the one case with its content', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, [
      goldenCase({ id: 'a', content: 'one' }),
      goldenCase({ id: 'b', content: 'twin' }),
      goldenCase({ id: 'c', content: 'twin' }),
    ])
    const report = await importInto(workspace, [
      goldenCase({ id: 'x', content: 'one', expected: { label: 'allowed', rules: {} } }),
      goldenCase({ id: 'y', content: 'twin' }),
    ])
    expect(report).toMatchObject({ matchedByContent: 1, relabelled: 1, added: 1 })
    expect((await readAll(workspace)).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'y'])
  })

  test('gives the same content hash however a set came to be', async () => {
    await using workspace = await createTestWorkspace()
    const direct = await importInto(workspace, goldenCases(3))
    await workspace.goldenSets.addCase(slug, name, { case: goldenCase({ id: 'extra' }), author: 'ana', message: 'add' })
    await workspace.goldenSets.updateCase(slug, name, { case: goldenCase({ id: 'extra', note: 'x' }), author: 'ana', message: 'change' })
    const back = await workspace.goldenSets.deleteCase(slug, name, { caseId: 'extra', author: 'ana', message: 'remove' })
    expect(back.contentHash).toBe(direct.contentHash)
    expect(back.number).toBe(4)
  })

  test('refuses an unknown label with the known ones, and leaves nothing behind', async () => {
    await using workspace = await createTestWorkspace()
    await expect(importInto(workspace, [goldenCase({ expected: { label: 'hateful', rules: {} } })])).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('"hateful" of case "case-1" is not one of the policy\'s: violates, allowed, escalate'),
    })
    expect(await workspace.policies.find(slug)).toBeNull()
  })

  test('refuses an id that comes twice, naming both places', async () => {
    await using workspace = await createTestWorkspace()
    await expect(importInto(workspace, [...goldenCases(3), goldenCase({ id: 'case-2' })])).rejects.toThrow('as case 2 and as case 4')
    expect(await workspace.policies.find(slug)).toBeNull()
  })

  test('that fails half way leaves the set as it was', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(3))
    async function* failing() {
      yield* goldenCases(5_000)
      throw new Error('the file ends in the middle')
    }
    await expect(importInto(workspace, failing(), 'mirror')).rejects.toThrow('the file ends in the middle')
    expect(await readAll(workspace)).toEqual(goldenCases(3))
    expect(await workspace.goldenSets.revisions(slug, name)).toHaveLength(1)
  })

  test('does not hold up other writers while it reads', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(1))
    async function* curious() {
      yield goldenCase({ id: 'slow', content: 'slow' })
      await workspace.prompts.createVersion(slug, { text: 'rules', message: 'in between', author: 'bo' })
      yield goldenCase({ id: 'slower', content: 'slower' })
    }
    expect(await importInto(workspace, curious())).toMatchObject({ added: 2 })
    expect(await workspace.prompts.versions(slug)).toHaveLength(1)
  })
})

describe('editing', () => {
  test('one case makes one revision each, with its history', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(2))
    const changed = goldenCase({ id: 'case-1', content: 'Message number 1', note: 'because' })
    await workspace.goldenSets.updateCase(slug, name, { case: changed, author: 'bo', message: 'explain' })
    await workspace.goldenSets.deleteCase(slug, name, { caseId: 'case-1', author: 'cy', message: 'gone' })
    await workspace.goldenSets.addCase(slug, name, { case: changed, author: 'di', message: 'back' })
    const history = await workspace.goldenSets.caseHistory(slug, name, 'case-1')
    expect(history.map(({ revision, author, state }) => [revision, author, state?.note ?? null, state !== null])).toEqual([
      [4, 'di', 'because', true],
      [3, 'cy', null, false],
      [2, 'bo', 'because', true],
      [1, 'ana', null, true],
    ])
    expect(await workspace.goldenSets.case(slug, name, 'case-1', 1)).toEqual({ case: goldenCases(1)[0], revision: 1 })
    await expect(workspace.goldenSets.case(slug, name, 'case-1', 3)).rejects.toMatchObject({ code: 'not-found' })
    await expect(workspace.goldenSets.case(slug, name, 'case-1', 9)).rejects.toMatchObject({ code: 'not-found' })
  })

  test('refuses a second change of what was changed meanwhile', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(2))
    const edit = (note: string, id = 'case-1') =>
      workspace.goldenSets.updateCase(slug, name, { case: goldenCase({ id, note }), author: 'bo', message: 'edit', expectedRevision: 1 })
    await edit('mine')
    await expect(edit('theirs')).rejects.toMatchObject({ code: 'conflict' })
    await expect(edit('another case', 'case-2')).resolves.toMatchObject({ number: 3 })
  })

  test('refuses to add what is there and to change what is not', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(1))
    const input = { author: 'bo', message: 'edit' }
    await expect(workspace.goldenSets.addCase(slug, name, { ...input, case: goldenCase() })).rejects.toMatchObject({ code: 'conflict' })
    await expect(workspace.goldenSets.updateCase(slug, name, { ...input, case: goldenCase({ id: 'no' }) })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(workspace.goldenSets.deleteCase(slug, name, { ...input, caseId: 'no' })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('reading', () => {
  const table = [
    goldenCase({ id: 'a', content: 'Straße 100% sure', tags: ['sarcasm'], meta: { source: 'forum', rule: 'x' } }),
    goldenCase({ id: 'b', content: 'STRASSE', expected: { label: 'allowed', rules: { H2: true, H3: false } }, meta: { source: 'chat' } }),
    goldenCase({ id: 'c', content: 'ﬁne café', expected: null, mustPass: true, context: { parents: [], locale: 'fr' } }),
    goldenCase({ id: 'd', content: 'under_score', note: 'see Straße', tags: ['sarcasm', 'irony'] }),
  ]
  const find = async (workspace: TestWorkspace, filter: Parameters<TestWorkspace['goldenSets']['cases']>[2]['filter']) =>
    (await workspace.goldenSets.cases(slug, name, { filter, offset: 0, limit: 50 })).rows.map(({ id }) => id).join('')

  test('filters by text in any script, label, facet and zero tolerance, and their combinations', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, table)
    expect(await find(workspace, {})).toBe('abcd')
    expect(await find(workspace, { text: 'straße' })).toBe('abd')
    expect(await find(workspace, { text: 'strasse' })).toBe('abd')
    expect(await find(workspace, { text: '100%' })).toBe('a')
    expect(await find(workspace, { text: '%' })).toBe('a')
    expect(await find(workspace, { text: 'r_s' })).toBe('d')
    expect(await find(workspace, { text: 'fine CAFÉ' })).toBe('c')
    expect(await find(workspace, { text: 'sure STRAẞE' })).toBe('a')
    expect(await find(workspace, { label: 'allowed' })).toBe('b')
    expect(await find(workspace, { label: null })).toBe('c')
    expect(await find(workspace, { mustPass: true })).toBe('c')
    expect(await find(workspace, { facets: [{ by: 'rule', value: 'H2' }] })).toBe('b')
    expect(await find(workspace, { facets: [{ by: 'rule', value: 'H3' }] })).toBe('')
    expect(await find(workspace, { facets: [{ by: 'meta.rule', value: 'x' }] })).toBe('a')
    expect(await find(workspace, { facets: [{ by: 'locale', value: 'fr' }] })).toBe('c')
    expect(
      await find(workspace, {
        facets: [
          { by: 'tag', value: 'sarcasm' },
          { by: 'tag', value: 'irony' },
        ],
      }),
    ).toBe('d')
    expect(await find(workspace, { facets: [{ by: 'tag', value: 'sarcasm' }], text: 'sure', label: 'violates' })).toBe('a')
  })

  test('pages by position and counts all', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(10))
    const page = await workspace.goldenSets.cases(slug, name, { filter: { label: 'violates' }, offset: 2, limit: 3 })
    expect(page.total).toBe(7)
    expect(page.rows.map(({ id, position }) => [id, position])).toEqual([
      ['case-4', 3],
      ['case-5', 4],
      ['case-7', 6],
    ])
  })

  test('counts facets, and leaves out columns whose values name cases', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(
      workspace,
      goldenCases(300, (index) => ({ tags: index % 2 ? ['odd'] : ['even', 'half'], meta: { row: `row ${index}`, third: index % 3 } })),
    )
    const facets = await workspace.goldenSets.facets(slug, name)
    expect(facets.map(({ by }) => by).sort()).toEqual(['label', 'tag', 'third'])
    expect(facets.find(({ by }) => by === 'tag')?.values).toEqual([
      { value: 'even', count: 150 },
      { value: 'half', count: 150 },
      { value: 'odd', count: 150 },
    ])
  })

  test('counts facets of every revision alike, however it was reached', async () => {
    await using workspace = await createTestWorkspace()
    const tagged = goldenCases(2_000, (index) => ({ tags: [`tag-${index % 5}`], meta: { row: `row ${index}`, half: index % 2 } }))
    await importInto(workspace, tagged)
    const tagCounts = async (revision?: number) => {
      const groups = await workspace.goldenSets.facets(slug, name, revision)
      expect(groups.map(({ by }) => by)).not.toContain('row')
      return Object.fromEntries(groups.find(({ by }) => by === 'tag')?.values.map(({ value, count }) => [value, count]) ?? [])
    }
    expect(await tagCounts()).toEqual({ 'tag-0': 400, 'tag-1': 400, 'tag-2': 400, 'tag-3': 400, 'tag-4': 400 })
    const edit = { author: 'ana', message: 'edit' }
    await workspace.goldenSets.updateCase(slug, name, { ...edit, case: goldenCase({ ...tagged[0], tags: ['tag-1', 'new'] }) })
    await workspace.goldenSets.deleteCase(slug, name, { ...edit, caseId: 'case-3' })
    await workspace.goldenSets.addCase(slug, name, { ...edit, case: goldenCase({ id: 'added', tags: ['new'] }) })
    const after = { 'tag-0': 399, 'tag-1': 401, 'tag-2': 399, 'tag-3': 400, 'tag-4': 400, new: 2 }
    expect(await tagCounts()).toEqual(after)
    expect(await tagCounts(2)).toEqual({ ...after, 'tag-2': 400, new: 1 })
    expect(await tagCounts(1)).toEqual({ 'tag-0': 400, 'tag-1': 400, 'tag-2': 400, 'tag-3': 400, 'tag-4': 400 })
    await importInto(workspace, tagged, 'mirror')
    expect(await tagCounts()).toEqual(await tagCounts(1))
    expect(await tagCounts(4)).toEqual(after)
  })

  test('says what there is when a set is not', async () => {
    await using workspace = await createTestWorkspace()
    await importInto(workspace, goldenCases(1))
    await expect(workspace.goldenSets.get(slug, 'other')).rejects.toMatchObject({ code: 'not-found', advice: 'It has: edge-cases.' })
    await expect(workspace.goldenSets.list('nobody')).rejects.toMatchObject({ code: 'not-found' })
  })
})
