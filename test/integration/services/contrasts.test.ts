import { describe, expect, test } from 'vitest'
import { sealHoldout } from '~/services/seal-holdout'
import { caseSelection } from '~/services/probe-pages'
import { createTestWorkspace } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'

const author = 'tester'

async function openSet(split = 'train') {
  const workspace = await createTestWorkspace()
  const cases = [
    goldenCase({ id: 'a', content: 'Women are stupid', split, context: { parents: ['What do you think?'] } }),
    goldenCase({ id: 'b', content: 'Nice weather', expected: { label: 'allowed', rules: {} } }),
  ]
  await workspace.goldenSets.importCases({ policySlug: 'demo', goldenName: 'cases', cases, mode: 'merge', author, message: 'made' })
  return workspace
}

describe('contrast pairs', () => {
  test('wait for a person, and become cases of the golden set by their verdict alone', async () => {
    await using workspace = await openSet()
    const before = await workspace.goldenSets.get('demo', 'cases')
    const pairs = await workspace.contrasts.propose('demo', 'cases', { caseId: 'a', author })
    expect(pairs.map(({ kind, status }) => [kind, status])).toEqual([
      ['quotation', 'waiting'],
      ['negation', 'waiting'],
      ['counterSpeech', 'waiting'],
      ['targetSwap', 'waiting'],
    ])
    // Proposing writes nothing into the set, and the same pairs are not proposed twice.
    expect(await workspace.goldenSets.get('demo', 'cases')).toEqual(before)
    expect(await workspace.contrasts.propose('demo', 'cases', { caseId: 'a', author })).toEqual(pairs)

    const [quotation, negation] = pairs
    const { caseId, revision } = await workspace.contrasts.label('demo', {
      id: quotation!.id,
      content: 'She told me that “women are stupid”. How rude.',
      expected: { label: 'allowed', rules: { H1: false } },
      note: 'reports it',
      author: 'ann',
    })
    expect(revision).toBe(2)
    const { case: made } = await workspace.goldenSets.case('demo', 'cases', caseId)
    expect(made).toMatchObject({
      content: 'She told me that “women are stupid”. How rude.',
      context: { parents: ['What do you think?'] },
      expected: { label: 'allowed', rules: { H1: false } },
      split: 'train',
      tags: ['contrast'],
      meta: { contrastOf: 'a', contrastKind: 'quotation', contrastRevision: 1 },
      annotations: [{ annotator: 'ann', label: 'allowed' }],
    })
    await workspace.contrasts.dismiss('demo', negation!.id)
    expect((await workspace.contrasts.list('demo', { status: 'waiting' })).map(({ kind }) => kind)).toEqual(['counterSpeech', 'targetSwap'])
    await expect(workspace.contrasts.dismiss('demo', quotation!.id)).rejects.toThrow('labelled already')
  })

  test('are not labelled without a label, a note or a text, nor through another policy', async () => {
    await using workspace = await openSet()
    const [pair] = await workspace.contrasts.propose('demo', 'cases', { caseId: 'a', author })
    const label = (changes: object) =>
      workspace.contrasts.label('demo', {
        id: pair!.id,
        content: 'x',
        expected: { label: 'allowed', rules: {} },
        note: 'n',
        author,
        ...changes,
      })
    await expect(label({ note: ' ' })).rejects.toThrow('The note is empty')
    await expect(label({ content: ' ' })).rejects.toThrow('The text is empty')
    await expect(label({ expected: { label: null, rules: {} } })).rejects.toThrow('no label')
    await expect(workspace.contrasts.dismiss('other', pair!.id)).rejects.toThrow('There is no contrast pair')
  })
})

test('a sealed case shows neither its probes nor its contrast pairs, though figures count it', async () => {
  await using workspace = await openSet('holdout')
  const model = { provider: 'touchstone', name: 'rehearsal' } as const
  const request = { policySlug: 'demo', prompt: { text: 'Remove insults.' }, goldenSet: 'cases', model, author }
  const { run } = await workspace.probes.prepare({ ...request, selection: { ...caseSelection('a'), caseIds: null, limit: null } })
  const { robustness } = await workspace.probes.run(run.id)
  await workspace.contrasts.propose('demo', 'cases', { caseId: 'a', author })
  const sealed = sealHoldout(workspace)
  expect(robustness.repeat.n).toBe(2)
  const { rows } = await sealed.probes.cases(run.id, { offset: 0, limit: 500 })
  expect(new Set(rows.map(({ parentId }) => parentId))).toEqual(new Set(['b']))
  expect(await sealed.contrasts.list('demo')).toEqual([])
  await expect(sealed.contrasts.propose('demo', 'cases', { caseId: 'a', author })).rejects.toThrow('sealed holdout')
  const listed: string[] = []
  for await (const { parent } of sealed.probes.variants('demo', 'cases', { ...caseSelection('a'), caseIds: null })) listed.push(parent.id)
  expect(new Set(listed)).toEqual(new Set(['b']))
})
