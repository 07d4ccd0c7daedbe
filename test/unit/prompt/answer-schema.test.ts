import { describe, expect, it } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { describeAnswerFormat } from '~/domain/prompt/answer-format'
import { buildAnswerSchema } from '~/domain/prompt/answer-schema'

describe('buildAnswerSchema', () => {
  it('requires every property and allows no other, rationale first', () => {
    const schema = buildAnswerSchema({ ...defaultVerdictScheme, rules: [{ id: 'H1' }, { id: 'H2' }], severities: ['low', 'high'] })
    expect(schema.required).toEqual(['rationale', 'label', 'rules', 'severity', 'confidence'])
    expect(Object.keys(schema.properties)).toEqual(schema.required)
    expect(schema.additionalProperties).toBe(false)
    expect(schema.properties.label?.enum).toEqual(['violates', 'allowed', 'escalate'])
    expect(schema.properties.rules?.items?.enum).toEqual(['H1', 'H2'])
    expect(schema.properties.severity?.enum).toEqual(['low', 'high', null])
  })

  it('leaves out what the scheme does not have', () => {
    expect(buildAnswerSchema(defaultVerdictScheme).required).toEqual(['rationale', 'label', 'confidence'])
  })
})

describe('describeAnswerFormat', () => {
  it('names every label, rule and severity on one line each', () => {
    const words = describeAnswerFormat({
      labels: [
        { id: 'remove', name: 'Remove', kind: 'violating', description: 'take it\ndown' },
        { id: 'keep', kind: 'allowed' },
      ],
      rules: [{ id: 'H1', name: 'Slurs' }],
      severities: ['low'],
    })
    expect(words).toContain('"remove" (Remove: take it down), "keep"')
    expect(words).toContain('"H1" (Slurs)')
    expect(words.split('\n')).toHaveLength(5)
  })
})
