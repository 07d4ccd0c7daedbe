import { expect, test } from 'vitest'
import type { PolicyDefinition } from '~/domain/policy/policy'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { createTestWorkspace } from '../../support/database'
import { goldenCases } from '../../support/golden-cases'

const definition: PolicyDefinition = {
  schema: 'touchstone.policy/1',
  slug: 'chat',
  name: 'Chat',
  description: 'What players may say.',
  verdicts: defaultVerdictScheme,
  errorCosts: [{ expected: 'violates', predicted: 'allowed', severity: 'high', cost: 5 }],
  productionPrevalence: 0.02,
}

test('a policy comes back as it was made', async () => {
  await using workspace = await createTestWorkspace({ now: () => 1_700_000_000_000 })
  const made = await workspace.policies.create(definition, 'ana')
  expect(made).toMatchObject({
    slug: 'chat',
    name: 'Chat',
    description: 'What players may say.',
    scheme: defaultVerdictScheme,
    errorCosts: definition.errorCosts,
    productionPrevalence: 0.02,
    model: null,
    createdAt: 1_700_000_000_000,
  })
  expect(await workspace.policies.get('chat')).toEqual(made)
  expect(await workspace.policies.find('nobody')).toBeNull()
  await expect(workspace.policies.get('nobody')).rejects.toMatchObject({ code: 'not-found', message: 'There is no policy "nobody".' })
})

test('a slug is taken once, and must be usable', async () => {
  await using workspace = await createTestWorkspace()
  await workspace.policies.create(definition, 'ana')
  await expect(workspace.policies.create(definition, 'ana')).rejects.toMatchObject({ code: 'conflict' })
  await expect(workspace.policies.create({ ...definition, slug: 'Not a slug' }, 'ana')).rejects.toMatchObject({ code: 'invalid-input' })
})

test('a scheme is extended and never loses anything', async () => {
  await using workspace = await createTestWorkspace()
  await workspace.policies.create(definition, 'ana')
  await workspace.policies.extendScheme('chat', { rules: [{ id: 'H1', name: 'Insults' }], severities: ['low', 'high'] })
  const { scheme } = await workspace.policies.extendScheme('chat', {
    rules: [{ id: 'H1' }, { id: 'H2' }, { id: 'H2' }],
    severities: ['high'],
  })
  expect(scheme).toEqual({ ...defaultVerdictScheme, rules: [{ id: 'H1', name: 'Insults' }, { id: 'H2' }], severities: ['low', 'high'] })
  await expect(workspace.policies.extendScheme('chat', { labels: [{ id: 'worse', kind: 'violating' }] })).rejects.toMatchObject({
    code: 'invalid-input',
  })
  await expect(workspace.policies.extendScheme('chat', { rules: [{ id: 'has spaces' }] })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('"has spaces"'),
  })
})

test('the model that the app replays with is remembered', async () => {
  await using workspace = await createTestWorkspace()
  await workspace.policies.create(definition, 'ana')
  await workspace.policies.setModel('chat', { provider: 'openai', name: 'gpt-5-mini', temperature: 0 })
  expect((await workspace.policies.get('chat')).model).toEqual({ provider: 'openai', name: 'gpt-5-mini', temperature: 0 })
  await expect(workspace.policies.setModel('chat', { provider: 'openai', name: '', temperature: 9 })).rejects.toMatchObject({
    code: 'invalid-input',
  })
})

test('the list shows versions and golden sets, and no accuracy before a replay', async () => {
  await using workspace = await createTestWorkspace()
  await workspace.policies.create(definition, 'ana')
  await workspace.goldenSets.importCases({
    policySlug: 'chat',
    goldenName: 'edge',
    cases: goldenCases(3),
    mode: 'merge',
    author: 'ana',
    message: '',
  })
  await workspace.prompts.createVersion('chat', { text: 'one', message: 'first', author: 'ana' })
  await workspace.prompts.createVersion('chat', { text: 'two', message: 'second', author: 'ana' })
  await workspace.prompts.moveLabel('chat', { label: 'production', number: 1, author: 'ana' })
  expect(await workspace.policies.list()).toMatchObject([
    {
      slug: 'chat',
      production: { number: 1, message: 'first' },
      head: { number: 2, message: 'second' },
      versionCount: 2,
      accuracy: null,
      lastReplay: null,
      goldenSets: [{ name: 'edge', head: 1, caseCount: 3 }],
    },
  ])
})
