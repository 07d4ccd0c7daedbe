import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { answerFormatSchema } from '~/domain/prompt/answer-format'
import type { AnswerFormat } from '~/domain/prompt/answer-format'
import { readAnswer } from '~/domain/verdict/read-answer'
import type { Verdict } from '~/domain/verdict/verdict'

const scheme: VerdictScheme = {
  ...defaultVerdictScheme,
  rules: [{ id: 'S', name: 'Sexual' }, { id: 'H', name: 'Hate' }, { id: 'H2', name: 'Hate / Threatening' }, { id: 'V' }],
  severities: ['low', 'high'],
}
const read = (text: string, answerFormat?: AnswerFormat) => readAnswer({ text, finish: 'stop', scheme, answerFormat })
const verdictOf = (text: string, answerFormat?: AnswerFormat): Verdict => {
  const reading = read(text, answerFormat)
  if (reading.status !== 'verdict') throw new Error(`unscored: ${reading.reason}: ${reading.detail}`)
  return reading.verdict
}
const reasonOf = (text: string, answerFormat?: AnswerFormat) => {
  const reading = read(text, answerFormat)
  return reading.status === 'unscored' ? reading.reason : reading.verdict
}

describe('JSON answers', () => {
  it('reads every field of structured output', () => {
    expect(verdictOf('{"rationale":"says so","label":"violates","rules":["H2","V"],"severity":"high","confidence":0.9}')).toEqual({
      label: 'violates',
      rules: ['H2', 'V'],
      severity: 'high',
      confidence: 0.9,
      rationale: 'says so',
    })
    expect(verdictOf('{"label":"allowed","rules":[],"severity":null,"confidence":0}')).toEqual({
      label: 'allowed',
      rules: [],
      confidence: 0,
    })
  })

  it.each([
    ['fenced', '```json\n{"label":"violates"}\n```'],
    ['fenced without a language, trailing blank lines', '```\n{"label":"violates"}\n```\n\n'],
    ['in prose', 'Here is my verdict: {"label":"violates"}. I hope this helps.'],
    ['after an example of the other label', 'An allowed one would be {"label":"allowed"}.\nMine:\n{"label": "violates"}'],
    ['after braces in prose', 'The set {a, b} matters. {"label":"violates"}'],
    ['after a brace that never closes', 'It says {"oops.\n{"label":"violates"}'],
    ['after thinking', '<think>maybe {"label":"allowed"}</think>{"label":"violates"}'],
    [
      'in the final channel',
      '<|channel|>analysis<|message|>{"label":"allowed"}<|end|><|start|>assistant<|channel|>final<|message|>{"label":"violates"}<|return|>',
    ],
    ['with commas after the last entries', '{"rationale":"says \\"a,]\\"", "rules":["H2", ], "label":"violates",\n}'],
    ['fenced, with a comma after the last entry', 'So:\n```json\n{\n  "label": "violates",\n}\n```'],
    ['as a list of one', '[{"label":"violates"}]'],
    ['capitals and spaces', '{"Label":"  Violates "}'],
    ['by name', '{"label":"Violates"}'],
    ['verdict', '{"verdict":"VIOLATES"}'],
    ['decision', '{"decision":"violates"}'],
    ['violation 1', '{"violation":1}'],
    ['violation "true"', '{"violation":"true"}'],
    ['nested', '{"verdict":{"label":"violates"}}'],
    ['a bare label', 'violates'],
    ['a bare label, decorated', '**Violates**.'],
    ['a bare 1', '1'],
    ['unsafe', '{"label":"unsafe"}'],
  ])('reads %s', (_, text) => {
    expect(verdictOf(text).label).toBe('violates')
  })

  it.each([
    ['rule', '{"label":"violates","rule":"h2"}', ['H2']],
    ['rule ids with a sub-rule', '{"violation":1,"policy_category":"H2.a","rule_ids":["H2.a","V"]}', ['H2', 'V']],
    ['a comma-separated text', '{"label":"violates","rules":"H2, V"}', ['H2', 'V']],
    ['names', '{"label":"violates","category":"Hate / Threatening"}', ['H2']],
    ['id with title', '{"label":"violates","rule":"H2: Hate / Threatening"}', ['H2']],
    ['objects', '{"label":"violates","rules":[{"id":"V"}]}', ['V']],
    ['flags', '{"label":"violates","categories":{"S":false,"V":true}}', ['V']],
    ['unknown rules', '{"label":"violates","rules":["X9","none"]}', []],
    ['null', '{"label":"violates","rule":null}', []],
  ])('reads rules given as %s', (_, text, rules) => {
    expect(verdictOf(text).rules).toEqual(rules)
  })

  it('reads flags per category: violating when any is set', () => {
    expect(verdictOf('```json\n{\n "S": 0, "H": 1, "H2": "1", "V": false }\n```')).toEqual({ label: 'violates', rules: ['H', 'H2'] })
    expect(verdictOf('{"S":0,"H":0}')).toEqual({ label: 'allowed', rules: [] })
    expect(verdictOf('{"flags":{"S":true}}')).toEqual({ label: 'violates', rules: ['S'] })
    expect(reasonOf('{"S":0.2,"H":0.9}')).toBe('unparseable')
  })

  it('keeps rules as named where the scheme has none', () => {
    const reading = readAnswer({ text: '{"label":"violates","rules":["anything"]}', finish: 'stop', scheme: defaultVerdictScheme })
    expect(reading).toEqual({ status: 'verdict', verdict: { label: 'violates', rules: ['anything'] } })
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \n\t'],
    ['prose that names a label', 'I think this violates the policy.'],
    ['broken JSON that names a label', '{"label": "violates"'],
    ['broken JSON with a whole object inside', '{"quoted": {"label": "allowed"}, "label": "violates"'],
    ['unquoted keys', '{label: violates}'],
    ['single quotes', "{'label': 'violates',}"],
    ['two commas', '{"label":"violates",,}'],
    ['a label of another policy', '{"label":"toxic"}'],
    ['a number that is no flag', '{"violation":0.7}'],
    ['a contradiction', '{"label":"allowed","violation":1}'],
    ['rules without a label', '{"rules":["H2"]}'],
    ['another document', '{"foo":1}'],
    ['a list of two', '[{"label":"violates"},{"label":"allowed"}]'],
    ['thinking that never ends', '<think>{"label":"violates"}'],
    ['a prototype', '{"__proto__":{"label":"violates"}}'],
    ['an inherited word', '{"label":"constructor"}'],
    ['null', 'null'],
  ])('does not guess from %s', (_, text) => {
    expect(reasonOf(text)).toBe('unparseable')
  })

  it('tells a refusal in words from an unreadable answer', () => {
    expect(reasonOf("I'm sorry, but I can't help with that.")).toBe('refused')
    expect(reasonOf('I cannot assist with this request.')).toBe('refused')
    expect(verdictOf('I\'m sorry to say: {"label":"violates"}').label).toBe('violates')
  })
})

describe('how an answer ended goes before what it says', () => {
  const text = '{"label":"violates"}'
  it.each(['length', 'content-filter', 'refusal'] as const)('%s', (finish) => {
    const reading = readAnswer({ text, finish, scheme })
    expect(reading).toMatchObject({
      status: 'unscored',
      reason: { length: 'truncated', 'content-filter': 'contentFilter', refusal: 'refused' }[finish],
    })
  })
  it('a refusal in its own field', () => {
    expect(readAnswer({ text: '', finish: 'stop', refusal: 'No.', scheme })).toEqual({
      status: 'unscored',
      reason: 'refused',
      detail: 'No.',
    })
  })
})

describe('other forms', () => {
  it('Llama Guard', () => {
    expect(verdictOf('\n\nsafe', 'llama-guard')).toEqual({ label: 'allowed', rules: [] })
    expect(verdictOf('unsafe\nH2,X1', 'llama-guard')).toEqual({ label: 'violates', rules: ['H2'] })
    expect(verdictOf('unsafe\nh2\nV1, H2<|eot_id|>', 'llama-guard')).toEqual({ label: 'violates', rules: ['H2'] })
    expect(verdictOf('safe<|eot_id|>', 'llama-guard').label).toBe('allowed')
    expect(verdictOf('Unsafe', 'llama-guard')).toEqual({ label: 'violates', rules: [] })
    for (const text of ['', 'safe to say it is unsafe', 'safe\nH2', 'unsafe\nH2\nand more'])
      expect(reasonOf(text, 'llama-guard')).toBe('unparseable')
  })
  it('ShieldGemma', () => {
    expect(verdictOf('Yes, because it insults.', 'shieldgemma')).toEqual({ label: 'violates', rules: [], rationale: 'because it insults.' })
    expect(verdictOf('no', 'shieldgemma').label).toBe('allowed')
    for (const text of ['', 'Nothing here', 'Well, yes', 'Yesterday']) expect(reasonOf(text, 'shieldgemma')).toBe('unparseable')
    const oneRule = { ...scheme, rules: [{ id: 'H' }] }
    expect(readAnswer({ text: 'Yes', finish: 'stop', scheme: oneRule, answerFormat: 'shieldgemma' })).toMatchObject({
      verdict: { rules: ['H'] },
    })
  })
  it('the moderation endpoint', () => {
    const body = JSON.stringify({
      id: 'modr',
      results: [{ flagged: true, categories: { hate: true, 'hate/threatening': false, violence: true }, category_scores: { hate: 0.9 } }],
    })
    expect(verdictOf(body, 'openai-moderation')).toEqual({ label: 'violates', rules: ['H'], confidence: 0.9 })
    expect(verdictOf('{"results":[{"flagged":false,"categories":{}}]}', 'openai-moderation')).toEqual({ label: 'allowed', rules: [] })
    const calm = { flagged: false, categories: { hate: false }, category_scores: { hate: 0.25, violence: 0.125 } }
    expect(verdictOf(JSON.stringify({ results: [calm] }), 'openai-moderation')).toEqual({ label: 'allowed', rules: [], confidence: 0.75 })
    const grave = { flagged: true, categories: { hate: true, 'hate/threatening': true } }
    expect(verdictOf(JSON.stringify({ results: [grave] }), 'openai-moderation').rules).toEqual(['H', 'H2'])
    for (const text of ['', '{}', '{"results":[]}', '{"results":[null]}', 'safe'])
      expect(reasonOf(text, 'openai-moderation')).toBe('unparseable')
  })
})

describe('hostile text', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '"',
    '\\',
    '[',
    ']',
    ':',
    ',',
    '\n{',
    '```json\n',
    '```',
    '"label"',
    '"violates"',
    '<think>',
    '</think>',
    '\u0000',
    '\ud800',
    'safe',
    'unsafe\n',
    '1',
  )
  it('never throws, and names only labels and rules of the scheme', { timeout: 60_000 }, () => {
    const labels = new Set(scheme.labels.map((label) => label.id))
    const rules = new Set(scheme.rules.map((rule) => rule.id))
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.json(),
      fc.tuple(fc.string(), fc.json(), fc.string()).map((parts) => parts.join('')),
      fc
        .dictionary(
          fc.constantFrom('label', 'verdict', 'rules', 'rule', 'category', 'violation', 'S', 'H2', 'severity', 'confidence', 'rationale'),
          fc.jsonValue(),
        )
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(anything, fc.constantFrom(...answerFormatSchema.options), (text, answerFormat) => {
        const reading = readAnswer({ text, finish: 'stop', scheme, answerFormat })
        const verdict = reading.status === 'verdict' ? reading.verdict : { label: 'allowed', rules: [], confidence: 0 }
        expect(reading.status === 'verdict' || reading.detail !== '').toBe(true)
        expect(labels.has(verdict.label)).toBe(true)
        for (const rule of verdict.rules) expect(rules.has(rule)).toBe(true)
        const { confidence = 0 } = verdict
        expect(confidence >= 0 && confidence <= 1).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads 5 MB, deep nesting and thousands of unclosed braces in linear steps', { timeout: 60_000 }, () => {
    const size = 5_000_000
    for (const text of [
      '{'.repeat(size),
      '\n{'.repeat(size / 2),
      '{"'.repeat(size / 2),
      '{}'.repeat(size / 2),
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      ' '.repeat(size),
      '"'.repeat(size),
      '\\'.repeat(size),
    ])
      for (const format of answerFormatSchema.options) expect(reasonOf(text, format)).toBe('unparseable')
    expect(verdictOf(`${'x'.repeat(size)}{"label":"violates"}`).label).toBe('violates')
    expect(verdictOf(JSON.stringify({ rationale: '{'.repeat(size), label: 'violates' })).rationale).toHaveLength(4_000)
  })
})
