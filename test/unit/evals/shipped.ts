import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSuite } from '~/domain/gate/suite'
import { parseCaseLine } from '~/domain/golden-set/case-line'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { parsePolicyDefinition } from '~/domain/policy/policy-definition'
import type { PolicyDefinition } from '~/domain/policy/policy'
import { modelConfigurationSchema } from '~/replay/model-configuration'

export const evalsFolder = fileURLToPath(new URL('../../../evals', import.meta.url))

export const readEvalsFile = (...path: string[]) => readFileSync(join(evalsFolder, ...path), 'utf8')

export const policySlugs = readdirSync(join(evalsFolder, 'policies')).map((name) => basename(name, '.yaml'))

export function readPolicy(slug: string): PolicyDefinition {
  const reading = parsePolicyDefinition(readEvalsFile('policies', `${slug}.yaml`), `${slug}.yaml`)
  if (!reading.ok) throw new Error(reading.problems.map((problem) => `${problem.file}:${problem.line} ${problem.message}`).join('\n'))
  return reading.value
}

export function readGoldenLines(slug: string): string[] {
  return readEvalsFile('golden', slug, 'cases.jsonl').trimEnd().split('\n')
}

export function readGoldenCases(slug: string, policy = readPolicy(slug)): GoldenCase[] {
  return readGoldenLines(slug).map((line, index) => {
    const reading = parseCaseLine(line, policy.verdicts)
    if (!reading.ok)
      throw new Error(`${slug} line ${index + 1}: ${reading.problems.map((problem) => `${problem.column} ${problem.message}`).join('; ')}`)
    return reading.case
  })
}

/** Prompt versions in the order of their numbers. */
export function readPrompts(slug: string): Array<{ name: string; text: string }> {
  return readdirSync(join(evalsFolder, 'prompts', slug))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({ name, text: readEvalsFile('prompts', slug, name) }))
}

export function readSuite(slug: string) {
  const reading = parseSuite(readEvalsFile('suites', `${slug}.yaml`), `${slug}.yaml`, modelConfigurationSchema)
  if (!reading.ok) throw new Error(reading.problems.map((problem) => `line ${problem.line}: ${problem.message}`).join('\n'))
  return reading.value
}
