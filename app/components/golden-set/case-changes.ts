import type { GoldenCase } from '~/domain/golden-set/golden-case'

/** What one revision did to a case, in words. `null` is "not there". Content is never quoted. */
export function describeCaseChange(before: GoldenCase | null, after: GoldenCase | null): string[] {
  if (!after) return before ? ['deleted'] : []
  if (!before) return ['added']
  const changes: string[] = []
  if (before.content !== after.content) changes.push('content changed')
  if (!same(before.context, after.context)) changes.push('context changed')
  const label = (golden: GoldenCase) => golden.expected?.label ?? 'unlabelled'
  if (label(before) !== label(after)) changes.push(`label: ${label(before)} → ${label(after)}`)
  changes.push(...describeRules(before.expected?.rules ?? {}, after.expected?.rules ?? {}))
  if (before.expected?.severity !== after.expected?.severity)
    changes.push(`severity: ${before.expected?.severity ?? 'none'} → ${after.expected?.severity ?? 'none'}`)
  changes.push(...describeList('tag', before.tags, after.tags))
  if (before.mustPass !== after.mustPass) changes.push(after.mustPass ? 'must pass from now on' : 'need not pass any more')
  if ((before.note ?? '') !== (after.note ?? '')) changes.push(before.note ? (after.note ? 'note changed' : 'note removed') : 'note added')
  if ((before.split ?? '') !== (after.split ?? '')) changes.push(`split: ${before.split ?? 'none'} → ${after.split ?? 'none'}`)
  if (!same(before.meta, after.meta)) changes.push('metadata changed')
  if (!same(before.annotations, after.annotations)) changes.push('annotations changed')
  return changes
}

function describeRules(before: Record<string, boolean>, after: Record<string, boolean>): string[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return ids
    .filter((id) => before[id] !== after[id])
    .map((id) => (after[id] === undefined ? `rule ${id}: not labelled any more` : `rule ${id} ${after[id] ? 'applies' : 'does not apply'}`))
}

function describeList(noun: string, before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((entry) => !before.includes(entry)).map((entry) => `${noun} added: ${entry}`),
    ...before.filter((entry) => !after.includes(entry)).map((entry) => `${noun} removed: ${entry}`),
  ]
}

/** Equal whatever the order of keys. */
function same(a: unknown, b: unknown): boolean {
  return stableText(a) === stableText(b)
}

function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1)))
      : part,
  )
}
