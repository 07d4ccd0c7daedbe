import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findEdits } from '~/services/prompt-edits'

const policy = (slurs: string, threats: string, preamble = 'Be fair.') =>
  `# Hate\n\n${preamble}\n\n## Rules\n\n### H1 — Slurs\n\n${slurs}\n\n### H2 — Threats\n\n${threats}\n`

const textOf = (lines: ReturnType<typeof findEdits>[number]['lines'], kind: string) =>
  lines.filter((line) => line.kind === kind).map((line) => line.parts.map((part) => part.text).join(''))

describe('what was edited between two prompts', () => {
  test('is one edit a place, with the rules that stand there', () => {
    const edits = findEdits(
      policy('A slur against a group.', 'A threat of harm.'),
      policy('A slur against a group or a person.', 'A threat or a wish of harm.', 'Be fair and brief.'),
    )
    expect(edits.map(({ rules, line }) => ({ rules, line }))).toEqual([
      { rules: [], line: 3 },
      { rules: ['H1'], line: 9 },
      { rules: ['H2'], line: 13 },
    ])
  })

  test('marks the words that differ, and no others', () => {
    const [edit] = findEdits(policy('A slur against a group.', 'x'), policy('A slur against a person.', 'x'))
    const added = edit?.lines.find(({ kind }) => kind === 'added')
    expect(added?.parts.filter(({ changed }) => changed).map(({ text }) => text)).toEqual(['person'])
    expect(textOf(edit?.lines ?? [], 'removed')).toEqual(['A slur against a group.'])
  })

  test('knows a rule that was added, and one that was removed', () => {
    const rules = (...written: string[]) => `# Hate\n\n## Rules\n\n${written.join('\n\n')}\n`
    const [slurs, threats, raids] = ['### H1 — Slurs\n\nA slur.', '### H2 — Threats\n\nA threat.', '### H3 — Raids\n\nA raid.']
    expect(findEdits(rules(slurs, raids), rules(slurs, threats, raids)).flatMap((edit) => edit.rules)).toContain('H2')
    expect(findEdits(rules(slurs, threats, raids), rules(slurs, raids)).flatMap((edit) => edit.rules)).toContain('H2')
    expect(findEdits(rules(slurs), rules(slurs, threats)).flatMap((edit) => edit.rules)).toEqual(['H2'])
  })

  test('is nothing where only line ends differ, and a long rewrite is cut', () => {
    expect(findEdits('a\nb\n', 'a\r\nb')).toEqual([])
    const [edit] = findEdits('', Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n'))
    expect(edit?.lines).toHaveLength(40)
    expect(edit?.linesLeftOut).toBe(61)
  })

  test('holds every line that only one side has', () => {
    const line = fc.constantFrom('a', 'b c', 'd e f', '### H1 — x')
    const lines = fc.array(line, { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const edits = findEdits(before.join('\n'), after.join('\n'))
        const shown = (kind: string) => edits.flatMap((edit) => textOf(edit.lines, kind))
        expect(after.length - before.length).toBe(shown('added').length - shown('removed').length)
        expect(edits.length === 0).toBe(before.join('\n') === after.join('\n'))
        for (const text of shown('added')) expect(after).toContain(text)
        for (const text of shown('removed')) expect(before).toContain(text)
      }),
    )
  })
})
