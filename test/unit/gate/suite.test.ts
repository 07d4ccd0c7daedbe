import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { slicesNeeded } from '~/domain/gate/gate-conditions'
import { parseSuite } from '~/domain/gate/suite'
import { describeYamlProblems } from '~/domain/policy/yaml-text'
import { modelConfigurationSchema } from '~/replay/model-configuration'

const valid = `schema: touchstone.suite/1
policy: ../policies/hate.yaml
golden: ../golden/hate/cases.jsonl
baseline: ../prompts/hate/v1.md
candidate: ../prompts/hate/v2.md
model: { provider: openai, name: gpt-5-mini, temperature: 0 }
gate:
  margin: 0.02
  mustPass: { tag: never-regress }
  slices:
    - { by: rule, recall: 0.9 }
    - { by: locale, value: en, accuracy: 0.8, on: lower-bound }
  maxUnscored: 0.01
`
const read = (text: string) => parseSuite(text, 'suite.yaml', modelConfigurationSchema)
const problemsOf = (text: string) => {
  const reading = read(text)
  return reading.ok ? '' : describeYamlProblems(reading.problems)
}

describe('parseSuite', () => {
  it('reads a suite and fills in what may be left out', () => {
    const reading = read(valid)
    if (!reading.ok) throw new Error(describeYamlProblems(reading.problems))
    expect(reading.value).toMatchObject({
      epochs: 1,
      model: { provider: 'openai' },
      gate: { require: 'not-worse', alpha: 0.05, slices: [{ on: 'estimate' }, { on: 'lower-bound' }] },
    })
    expect(slicesNeeded(reading.value.gate)).toEqual(['tag', 'rule', 'locale'])
  })

  it('has a gate though the file gives no condition', () => {
    const reading = read(valid.slice(0, valid.indexOf('gate:')))
    expect(reading.ok && reading.value.gate).toEqual({ require: 'not-worse', margin: 0.02, alpha: 0.05, slices: [] })
  })

  it.each([
    [valid.replace('margin: 0.02', 'margin: 2'), 'suite.yaml:8: gate.margin is 2: must be above 0 and below 1 (0.02 is 2 points)'],
    [valid.replace('recall: 0.9', 'recall: 90'), 'suite.yaml:11: gate.slices.0.recall is 90: must be from 0 to 1'],
    [
      valid.replace(', recall: 0.9', ''),
      'suite.yaml:11: gate.slices.0 is a map: names no floor: give recall, precision, accuracy or margin',
    ],
    [valid.replace('margin: 0.02', 'alpha: 0'), 'suite.yaml:8: gate.alpha is 0: must be above 0 and at most 0.5'],
    [valid.replace('maxUnscored: 0.01', 'maxUnscored: 1%'), /^suite\.yaml:13: gate\.maxUnscored is "1%": /],
    [valid.replace('maxUnscored', 'maxUnscord'), 'suite.yaml:13: "maxUnscord" is not known here'],
    [valid.replace('provider: openai', 'provider: acme'), /^suite\.yaml:6: model\.provider is "acme": /],
    [valid.replace('candidate: ../prompts/hate/v2.md\n', ''), /^suite\.yaml:1: candidate is nothing: /],
    [valid.replace('touchstone.suite/1', 'touchstone.suite/9'), /^suite\.yaml:1: schema is "touchstone\.suite\/9": /],
    [
      valid.replace('{ tag: never-regress }', '{ tags: x }'),
      'suite.yaml:9: gate.mustPass is a map: must be { tag: NAME } or { all: true }',
    ],
    [valid.replace('{ tag: never-regress }', 'true'), 'suite.yaml:9: gate.mustPass is true: must be { tag: NAME } or { all: true }'],
    [valid.replace('margin: 0.02', 'margin: "x"'), /^suite\.yaml:8: gate\.margin is "x": /],
    [valid.replace('margin: 0.02', 'margin: .nan'), /^suite\.yaml:8: gate\.margin is NaN: /],
    [valid.replace('margin: 0.02', 'margin: 0.02\n  margin: 0.9'), 'suite.yaml:9: not YAML: Map keys must be unique'],
    [`${valid}  maxCostUsd: -1\n`, 'suite.yaml:14: gate.maxCostUsd is -1: must be at least 0'],
    [valid.replace('gate:', 'gate: ['), /^suite\.yaml:\d+: not YAML: /],
    ['', /^suite\.yaml:1: the file is null: /],
  ])('names the line of what is wrong (%#)', (text, message) => {
    expect(problemsOf(text)).toMatch(message)
  })
})

const suites = new URL('../../../evals/suites/', import.meta.url)
describe.skipIf(!existsSync(suites))('shipped suites', () => {
  it.each(existsSync(suites) ? readdirSync(suites) : [])('%s can be read', (name) => {
    expect(problemsOf(readFileSync(new URL(name, suites), 'utf8'))).toBe('')
  })
})
