import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { PolicyDefinition } from '~/domain/policy/policy'

function table(header: string[], rows: Array<Array<string | number>>): string {
  return [header, header.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function countBy(cases: GoldenCase[], valuesOf: (golden: GoldenCase) => Array<string | undefined>): Array<[string, number]> {
  const counts = new Map<string, number>()
  for (const golden of cases) for (const value of valuesOf(golden)) if (value) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

/** The counted part of a datasheet, as Markdown. What stands between its markers in DATASHEET.md must be exactly this. */
export function renderComposition(cases: GoldenCase[], policy: PolicyDefinition): string {
  const count = (test: (golden: GoldenCase) => boolean) => cases.filter(test).length
  const labels = policy.verdicts.labels.map(({ id }) => [`\`${id}\``, count((golden) => golden.expected?.label === id)])
  const severities = policy.verdicts.severities.map((id) => [id, count((golden) => golden.expected?.severity === id)])
  const rules = policy.verdicts.rules.map(({ id, name }) => [
    `${id} ${name ?? ''}`.trim(),
    count((golden) => golden.expected?.rules[id] === true),
    count((golden) => golden.expected?.rules[id] === false),
  ])
  return [
    `**${cases.length} cases**: ${count((golden) => golden.context.parents.length > 0)} with parent messages, ${count((golden) => golden.annotations.length > 0)} with three annotations, ${count((golden) => golden.mustPass)} that must pass.`,
    table(['label', 'cases'], labels),
    table(['severity', 'cases'], severities),
    table(['rule', 'applies', 'does not apply'], rules),
    table(
      ['locale', 'cases'],
      countBy(cases, (golden) => [golden.context.locale]),
    ),
    table(
      ['surface', 'cases'],
      countBy(cases, (golden) => [golden.context.surface]),
    ),
    table(
      ['tag', 'cases'],
      countBy(cases, (golden) => golden.tags),
    ),
    table(
      ['technique', 'cases'],
      countBy(cases, (golden) => [String(golden.meta.technique ?? '')]),
    ),
    table(
      ['split', 'cases'],
      countBy(cases, (golden) => [golden.split]),
    ),
  ].join('\n\n')
}
