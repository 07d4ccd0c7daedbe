import type { VerdictScheme } from '../policy/verdict-scheme'

const fold = (text: string) => text.normalize('NFC').trim().toLowerCase()

/** Finds a scheme's label, rule or severity by what a file calls it: exactly, else by id or name whatever the case. */
export type SchemeLookup = {
  label(text: string): string | null
  severity(text: string): string | null
  /** The id of a known rule, spelt as in the scheme; null for one that the scheme does not have. */
  rule(text: string): string | null
  /** What `label` would find, for an error message. */
  labelNames: string
  /** No severities in the scheme: any is accepted and becomes part of it. */
  openSeverities: boolean
  severityNames: string
}

export function lookUpScheme(scheme: VerdictScheme): SchemeLookup {
  const labels = index(scheme.labels)
  const rules = index(scheme.rules)
  const severities = index(scheme.severities.map((id) => ({ id })))
  return {
    label: (text) => labels.get(fold(text)) ?? null,
    rule: (text) => rules.get(fold(text)) ?? null,
    severity: (text) => severities.get(fold(text)) ?? null,
    labelNames: scheme.labels.map((label) => label.id).join(', '),
    openSeverities: scheme.severities.length === 0,
    severityNames: scheme.severities.join(', '),
  }
}

function index(entries: ReadonlyArray<{ id: string; name?: string | undefined }>): Map<string, string> {
  const byName = new Map<string, string>()
  for (const entry of entries) if (entry.name) byName.set(fold(entry.name), entry.id)
  for (const entry of entries) byName.set(fold(entry.id), entry.id)
  return byName
}
