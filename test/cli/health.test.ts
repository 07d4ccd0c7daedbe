import { expect, it } from 'vitest'
import { useWorkspace } from './_support/command-line'

const { run, write } = useWorkspace()
const said = (label: string, annotator: string) => ({ annotator, label, rules: { H1: label === 'violates' } })
const cases = [
  { id: 'a', content: 'the first message here', expected: 'violates', annotations: [said('violates', 'ana'), said('violates', 'ben')] },
  {
    id: 'b',
    content: 'the second message, quite another',
    expected: 'allowed',
    annotations: [said('violates', 'ana'), said('allowed', 'ben')],
  },
  {
    id: 'c',
    content: 'something else entirely',
    expected: 'allowed',
    split: 'holdout',
    annotations: [said('allowed', 'ana'), said('allowed', 'ben')],
  },
  { id: 'd', content: 'THE FIRST message  here', expected: 'allowed', split: 'holdout' },
]

it('prints the health of a golden set for people and as one document, and shows no sealed case', async () => {
  await run('import', write('chat.jsonl', cases.map((row) => JSON.stringify(row)).join('\n')), '--policy', 'chat')
  const printed = await run('health', 'chat/chat')
  expect(printed.exitCode).toBe(0)
  for (const part of [
    'chat/chat@1: 4 cases',
    'contradictory-duplicates',
    'Sealed holdout: 2 cases, nobody looked',
    'Human ceiling:',
    '2 annotators',
  ])
    expect(printed.stdout).toContain(part)

  const { stdout } = await run('health', 'chat/chat@1', '--json', '--cases')
  const document = JSON.parse(stdout) as {
    schema: string
    goldenSet: object
    findings: Array<{ kind: string; cases: number }>
    cases: Record<string, Array<{ caseId: string }>>
    agreement: { rows: Array<{ by: string; cohenKappa: { estimate: number } | null }> }
  }
  expect(document).toMatchObject({
    schema: 'touchstone.health/2',
    goldenSet: { policy: 'chat', name: 'chat', revision: 1 },
    holdout: { cases: 2, looks: [] },
  })
  expect(document.findings.find(({ kind }) => kind === 'contradictory-duplicates')?.cases).toBe(2)
  expect(document.cases['contradictory-duplicates']?.map(({ caseId }) => caseId)).toEqual(['a'])
  expect(document.agreement.rows[0]?.by).toBe('label')
  expect(document.agreement.rows[0]?.cohenKappa?.estimate).toBeCloseTo(0.4, 12)

  const opened = await run('health', 'chat/chat', '--json', '--cases', '--reveal-holdout', 'who is d?')
  expect((JSON.parse(opened.stdout) as typeof document).cases['contradictory-duplicates']?.map(({ caseId }) => caseId)).toEqual(['a', 'd'])
  expect((await run('health', 'chat/chat')).stdout).toContain('tester: cases of the findings of chat/chat (who is d?)')
  expect((await run('health', 'chat/chat@9')).exitCode).toBe(3)
  expect((await run('health', 'nowhere')).exitCode).toBe(3)
})
