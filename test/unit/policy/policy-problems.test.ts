import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findPolicyProblems } from '~/domain/policy/policy-problems'
import { parsePolicyText } from '~/domain/policy/policy-text'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'

const find = (text: string, scheme?: VerdictScheme) =>
  findPolicyProblems(parsePolicyText(text), text, scheme).map(({ kind, line }) => [kind, line])
const sound = '## Rules\n### H1 — Slurs\nSee H2. H1.x1 counts.\n**Exceptions**\n- H1.x1 Food\n### H2 — Threats\nText of MP3 files.\n'

describe('findPolicyProblems', () => {
  it('finds nothing in a sound text', () => {
    expect(find(sound, { ...defaultVerdictScheme, rules: [{ id: 'H1' }, { id: 'H2' }] })).toEqual([])
  })

  it('finds an id that is used and not defined, once', () => {
    expect(find(`${sound}Unless H7 or H7 applies, see COVID19.`)).toEqual([['undefined-rule', 8]])
  })

  it('finds an id that is defined twice', () => {
    expect(find('### H1 — A\nx\n### H1 — B\ny')).toEqual([['duplicate-rule', 3]])
    expect(find('### H1 — A\n**Exceptions**\n- H1.x1 a\n- H1.x1 b')).toEqual([['duplicate-rule', 4]])
  })

  it('finds a missing level only where the text moves by levels', () => {
    const levels = '### L1 — Mild\nx\n### L3 — Grave\ny\n'
    expect(find(levels)).toEqual([])
    expect(find(`${levels}If unclear, downgrade by 1.`)).toEqual([['missing-level', 5]])
  })

  it('finds mixed vocabularies', () => {
    expect(find('### H1 — A\n**Examples**\n- "x" → violates\n- "y" → INVALID')).toEqual([['mixed-vocabulary', 4]])
  })

  it('compares with the scheme, both ways', () => {
    const scheme = { ...defaultVerdictScheme, rules: [{ id: 'H1' }, { id: 'H9', name: 'Threats' }, { id: 'H8', name: 'Doxxing' }] }
    expect(find(`${sound}### H3 — New\n`, scheme)).toEqual([
      ['rule-not-in-text', null],
      ['rule-not-in-scheme', 8],
    ])
    expect(
      find('## Verdicts\n- `toxic`: bad\n- `SAFE`: fine', { ...defaultVerdictScheme, labels: defaultVerdictScheme.labels.slice(0, 2) }),
    ).toEqual([['label-not-in-scheme', 3]])
  })
})

const spam = new URL('../../../../shared/data/spam-policy/policy.txt', import.meta.url)
describe.skipIf(!existsSync(spam))('a policy that people wrote (../shared/data)', () => {
  it('has the defects that are known of it', () => {
    const text = readFileSync(spam, 'utf8')
    const messages = findPolicyProblems(parsePolicyText(text), text).map((problem) => `${problem.line}: ${problem.message}`)
    expect(messages).toContain('90: D-S2 is used, but no rule has this id; is SP2 meant?')
    expect(messages).toContain('97: The text moves verdicts by one level, but there is no SP1 between SP0 and SP2.')
    expect(messages.some((message) => message.includes('2 vocabularies: "VALID" on line 2'))).toBe(true)
  })
})
