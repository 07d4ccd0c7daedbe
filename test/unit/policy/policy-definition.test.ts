import { describe, expect, it } from 'vitest'
import { parsePolicyDefinition } from '~/domain/policy/policy-definition'
import { describeYamlProblems } from '~/domain/policy/yaml-text'

const valid = `schema: touchstone.policy/1
slug: hate
name: Hate
verdicts:
  labels:
    - { id: remove, kind: violating }
    - { id: keep, kind: allowed }
  severities: [low, high]
errorCosts:
  - { expected: remove, predicted: keep, severity: high, cost: 5 }
`
const problemsOf = (text: string) => {
  const reading = parsePolicyDefinition(text, 'hate.yaml')
  return reading.ok ? '' : describeYamlProblems(reading.problems)
}

describe('parsePolicyDefinition', () => {
  it('reads a policy and fills in what may be left out', () => {
    const reading = parsePolicyDefinition(valid, 'hate.yaml')
    expect(reading.ok && reading.value).toMatchObject({
      slug: 'hate',
      description: '',
      verdicts: { rules: [], severities: ['low', 'high'] },
    })
  })

  it.each([
    [valid.replace('slug: hate', 'slug: Not A Slug'), /^hate\.yaml:2: slug is "Not A Slug": must hold only lower-case/],
    [valid.replace('cost: 5', 'cost: -1'), /^hate\.yaml:10: errorCosts\.0\.cost is -1: /],
    [valid.replace('expected: remove', 'expected: gone'), /^hate\.yaml:10: "gone" is no label of this policy \(remove, keep\)$/],
    [valid.replace('severity: high', 'severity: worst'), /^hate\.yaml:10: "worst" is no severity of this policy/],
    [
      valid.replace('kind: allowed', 'kind: violating'),
      /^hate\.yaml:5: verdicts\.labels is a list: exactly one label must be of kind "violating", found 2/,
    ],
    [`${valid}surprise: 1\n`, /^hate\.yaml:11: "surprise" is not known here$/],
    [valid.replace('name: Hate\n', ''), /^hate\.yaml:1: name is nothing: /],
    ['slug: [', /^hate\.yaml:1: not YAML: /],
    ['', /^hate\.yaml:1: the file is null: /],
    ['a: &a [1]\nb: [*a, *a]\nslug: a\nslug: b', /^hate\.yaml:4: not YAML: .*unique/],
  ])('names file, line and value of what is wrong (%#)', (text, message) => {
    expect(problemsOf(text)).toMatch(message)
  })

  it('lists all problems, in the order of the lines', () => {
    expect(problemsOf(valid.replace('slug: hate', 'slug: "?"').replace('cost: 5', 'cost: no')).split('\n')).toHaveLength(2)
  })

  it('does not let a small file grow', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\n`
    expect(problemsOf(bomb)).toMatch(/^hate\.yaml:1: not YAML: .*alias/)
  })
})
