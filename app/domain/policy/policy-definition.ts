import { policyDefinitionSchema } from './policy'
import type { PolicyDefinition } from './policy'
import { readYaml } from './yaml-text'
import type { YamlProblem, YamlReading } from './yaml-text'

/**
 * Reads a policy file, `touchstone.policy/1`. Besides its form, what it says of errors must be about its own labels and severities.
 * All problems at once, each with file, line and value.
 */
export function parsePolicyDefinition(yamlText: string, fileName: string): YamlReading<PolicyDefinition> {
  const reading = readYaml(yamlText, fileName, policyDefinitionSchema.strict())
  if (!reading.ok) return reading
  const { verdicts, errorCosts } = reading.value
  const labels = verdicts.labels.map((label) => label.id)
  const problems: YamlProblem[] = []
  errorCosts.forEach((entry, index) => {
    const check = (key: 'expected' | 'predicted' | 'severity', known: readonly string[], what: string) => {
      const value = entry[key]
      if (value === undefined || known.includes(value)) return
      const path = ['errorCosts', index, key]
      problems.push({
        file: fileName,
        line: reading.lineOf(path),
        path: path.join('.'),
        message: `"${value}" is no ${what} of this policy (${known.join(', ') || 'it has none'})`,
      })
    }
    check('expected', labels, 'label')
    check('predicted', labels, 'label')
    check('severity', verdicts.severities, 'severity')
  })
  return problems.length ? { ok: false, problems } : reading
}
