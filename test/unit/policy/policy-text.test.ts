import { existsSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePolicyText } from '~/domain/policy/policy-text'

const shipped = `# Community rules

You review posts.

## Verdicts

- \`violates\`: a rule is broken.
- \`allowed\`: none is.

## Rules

### H1 — Slurs

A word whose main use is to demean.
Masked spellings count.

**Signals:** "sl*r", "n-word",
"r-word"

**Exceptions**

- H1.x1 The word has another meaning. Signs: "gravy", "peas".
- Members reclaim it.

**Examples**

- "he said "go" to the sl*r" → violates: an insult.
- "the old dam kept the sea out" → allowed: a wall.

### Threats

Words that announce harm.

## How to decide

Read it as a stranger would.
`

const byId = (text: string) => Object.fromEntries(parsePolicyText(text).rules.map((rule) => [rule.id, rule]))

describe('parsePolicyText on the shipped form', () => {
  const policy = parsePolicyText(shipped)
  const rules = byId(shipped)

  it('finds title, sections and their ends', () => {
    expect(policy.title).toBe('Community rules')
    expect(policy.sections.map(({ id, level, line, endLine }) => [id, level, line, endLine])).toEqual([
      ['community-rules', 1, 1, 36],
      ['verdicts', 2, 5, 8],
      ['rules', 2, 10, 32],
      ['H1', 3, 12, 28],
      ['threats', 3, 30, 32],
      ['how-to-decide', 2, 34, 36],
    ])
  })

  it('takes a rule apart', () => {
    expect(rules.H1).toMatchObject({
      title: 'Slurs',
      line: 12,
      endLine: 28,
      definition: 'A word whose main use is to demean.\nMasked spellings count.',
      signals: ['sl*r', 'n-word', 'r-word'],
      kind: 'violating',
      explicit: true,
    })
    expect(rules.H1?.exceptions.map(({ id, text, quotedPhrases }) => [id, text, quotedPhrases])).toEqual([
      ['H1.x1', 'The word has another meaning. Signs: "gravy", "peas".', ['gravy', 'peas']],
      ['H1.members-reclaim-it', 'Members reclaim it.', []],
    ])
    expect(rules.H1?.examples.map(({ text, label, kind, why, line }) => [text, label, kind, why, line])).toEqual([
      ['he said "go" to the sl*r', 'violates', 'violating', 'an insult.', 27],
      ['the old dam kept the sea out', 'allowed', 'allowed', 'a wall.', 28],
    ])
  })

  it('makes an id from the title where there is none, stable under edits elsewhere', () => {
    expect(rules.threats).toMatchObject({ title: 'Threats', explicit: false, definition: 'Words that announce harm.' })
    const edited = shipped
      .replace('### H1 — Slurs', '### H0 — New rule\n\nText.\n\n### H1 — Slurs')
      .replace('You review posts.', 'You review.\n\nAll of it.')
    expect(byId(edited).threats).toMatchObject({ definition: 'Words that announce harm.' })
    expect(byId(edited).H1?.exceptions.map((exception) => exception.id)).toEqual(rules.H1?.exceptions.map((exception) => exception.id))
  })

  it('keeps phrases with their rule and the words for verdicts', () => {
    expect(policy.quotedPhrases.find((phrase) => phrase.text === 'gravy')).toEqual({ text: 'gravy', line: 22, ruleId: 'H1' })
    expect(policy.verdictMentions.map((mention) => mention.word)).toEqual(['violates', 'allowed', 'violates', 'allowed'])
  })
})

describe('other forms', () => {
  it.each([
    ['a heading with a dash', '### H2 - Title', 'H2', 'Title'],
    ['a heading with a colon', '## H2: Title', 'H2', 'Title'],
    ['a heading with a dot', '## H2. Title', 'H2', 'Title'],
    ['a bare id', '### H2', 'H2', ''],
    ['bold in a bullet', '- **H2** Title: what it is', 'H2', 'Title'],
    ['bold with the title', '- **H2 — Title**: what it is', 'H2', 'Title'],
    ['code letters in a bullet', '- **HR (Harassment)**: what it is', 'HR', 'Harassment'],
    ['a sub-rule in plain text', 'H2.a Title – “words”', 'H2.a', 'Title'],
    ['a decorated title with the id behind', '\n🚫 Title (SP2 – medium)', 'SP2', 'Title'],
    ['a hyphenated id', '### D-S2 — Title', 'D-S2', 'Title'],
    ['a table row', '| Code | Category | Description |\n|---|---|---|\n| **H** | Title | what it is |', 'H', 'Title'],
  ])('finds the id in %s', (_, text, id, title) => {
    expect(parsePolicyText(text).rules.map((rule) => [rule.id, rule.title])).toEqual([[id, title]])
  })

  it.each([
    'See H2 for more.',
    'A I think',
    'The MP3 format – old',
    '1. First read it.',
    '- I mean it: really',
    '### Example 1',
    '- If H2 applies, say so.',
  ])('finds no rule in %j', (text) => {
    expect(parsePolicyText(text).rules).toEqual([])
  })

  it('joins the halves of a rule, and examples under headings with flags', () => {
    const { H, V } = byId(
      [
        '- **H (Hate)**: hatred of a group',
        '- **V (Violence)**: harm',
        '### H (Hate) – VIOLATES',
        '- slurs',
        '### H (Hate) – SAFE',
        '- history',
        '## EXAMPLES',
        '### Example 1 – H = 1, V = 0',
        '**Content:** “those people”  ',
        '*Violates H (slur).*',
      ].join('\n'),
    )
    expect(H).toMatchObject({ title: 'Hate', appliesTo: ['slurs'], definition: 'hatred of a group\nslurs' })
    expect(H?.exceptions.map((exception) => exception.text)).toEqual(['history'])
    expect(H?.spans.map((span) => span.form)).toEqual(['item', 'half', 'half'])
    expect(H?.examples).toMatchObject([{ text: 'those people', kind: 'violating', why: 'Violates H (slur).' }])
    expect(V?.examples).toMatchObject([{ kind: 'allowed' }])
  })

  it('ignores what stands in code fences', () => {
    expect(parsePolicyText('```\n### H1 — Title\n```').sections).toEqual([])
  })

  it('knows sub-rules and what an allowed rule is', () => {
    const rules = byId(
      'Allowed Content (SP0 – Non-Spam)\nUseful.\nSP0.a Help – “How do I?”\n✅ Output: VALID\n\nLikely Spam (SP2)\nSP2.a Cold – “Buy now”\n❌ Output: INVALID',
    )
    expect(rules['SP0.a']).toMatchObject({ parentId: 'SP0', kind: 'allowed', examples: [{ text: 'How do I?', kind: 'allowed' }] })
    expect(rules['SP2.a']).toMatchObject({ parentId: 'SP2', kind: 'violating' })
  })
})

describe('any text', () => {
  it('has an outline with unique ids and lines in range', { timeout: 60_000 }, () => {
    const pieces = fc.constantFrom(
      '# A',
      '## Rules',
      '### H1 — T',
      '### H1 — T',
      '- **H1** T: d',
      '**Exceptions**',
      '- H1.x1 a',
      '- "x" → allowed: y',
      '| a | b |',
      '```',
      '',
      'DEFINITIONS',
      'H1.a T – “q”',
      '**Signals:** "a", "b"',
    )
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }).map((lines) => lines.join('\n')),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        const policy = parsePolicyText(text)
        const count = text.split(/\r\n|\n|\r/).length
        for (const ids of [policy.sections.map((section) => section.id), policy.rules.map((rule) => rule.id)])
          expect(new Set(ids).size).toBe(ids.length)
        for (const { line, endLine } of [...policy.sections, ...policy.rules])
          expect(line >= 1 && line <= endLine && endLine <= count).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is read in linear steps', { timeout: 60_000 }, () => {
    for (const piece of ['"', '**', '- **A1 ', '(A1', '| ', '### H1 ', ' ', '“”', 'A', 'A1.'])
      expect(parsePolicyText(piece.repeat(300_000)).rules.length).toBeLessThanOrEqual(1)
    expect(parsePolicyText('### H1 — T\n- a\n'.repeat(20_000)).rules).toHaveLength(1)
    expect(
      parsePolicyText(Array.from({ length: 5_000 }, (_, index) => `### H${index % 1000}.${Math.floor(index / 1000)} T`).join('\n')).rules,
    ).toHaveLength(5_000)
  })
})

const data = new URL('../../../../shared/data/', import.meta.url)
describe.skipIf(!existsSync(data))('policies that people wrote (../shared/data)', () => {
  const read = (path: string) => readFileSync(new URL(path, data), 'utf8')

  it('reads the spam policy: four levels, seventeen sub-rules, all with examples', () => {
    const { title, rules } = parsePolicyText(read('spam-policy/policy.txt'))
    expect(title).toBe('Spam Policy (#SP)')
    expect(rules.filter((rule) => rule.parentId === undefined).map((rule) => [rule.id, rule.kind])).toEqual([
      ['SP0', 'allowed'],
      ['SP2', 'violating'],
      ['SP3', 'violating'],
      ['SP4', 'violating'],
    ])
    const parts = rules.filter((rule) => rule.parentId !== undefined)
    expect(parts).toHaveLength(17)
    expect(parts.every((rule) => rule.examples.length === 1)).toBe(true)
  })

  it.each(['policy_v001', 'policy_v002', 'policy_v003'])(
    'reads the eight categories of %s with criteria, exceptions and examples',
    (name) => {
      const { rules } = parsePolicyText(read(`policy-agent/policy/${name}.md`))
      expect(rules.map((rule) => rule.id).sort()).toEqual(['H', 'H2', 'HR', 'S', 'S3', 'SH', 'V', 'V2'])
      for (const rule of rules) {
        expect(rule.definition).not.toBe('')
        expect(rule.appliesTo.length).toBeGreaterThan(0)
        expect(rule.exceptions.length).toBeGreaterThan(0)
        expect(rule.examples.length).toBeGreaterThan(0)
      }
    },
  )
})
