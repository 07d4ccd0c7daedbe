import { memo, useMemo } from 'react'
import { diffRules } from '~/domain/policy/changed-rules'
import { findPolicyProblems, type PolicyProblem } from '~/domain/policy/policy-problems'
import { parsePolicyText, type PolicyRule } from '~/domain/policy/policy-text'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { Badge } from '../ui/badge'
import { formatQuantity } from '../ui/format'
import { Panel } from '../ui/panel'
import { useRowNavigation } from '../ui/table'

export type Outline = { rules: PolicyRule[]; problems: PolicyProblem[]; touched: Map<string, string> }

/** The rules of a text, its problems, and which rules differ from `baseText`. */
export function readOutline(text: string, baseText: string | null, scheme: VerdictScheme): Outline {
  const policy = parsePolicyText(text)
  const touched = new Map<string, string>()
  if (baseText !== null && baseText !== text) {
    const changes = diffRules(baseText, text)
    for (const id of changes.added) touched.set(id, 'new')
    for (const rule of changes.changed) touched.set(rule.id, `changed: ${rule.parts.join(', ')}`)
  }
  return { rules: policy.rules, problems: text.trim() === '' ? [] : findPolicyProblems(policy, text, scheme), touched }
}

/** The rules that the text defines and what a reader would stumble over; each leads to its line. */
export const OutlinePanel = memo(function OutlinePanel({ outline, onGoToLine }: { outline: Outline; onGoToLine: (line: number) => void }) {
  const onKeyDown = useRowNavigation()
  const { rules, problems, touched } = outline
  const depth = useMemo(() => new Map(rules.map((rule) => [rule.id, rule.parentId ? 1 : 0])), [rules])
  return (
    <Panel
      title="Outline"
      flush
      className="min-h-0 xl:overflow-hidden"
      actions={
        <span className="text-xs text-ink-muted">
          {formatQuantity(rules.length, 'rule')}, {formatQuantity(problems.length, 'problem')}
        </span>
      }
    >
      <div className="xl:h-full xl:overflow-y-auto" onKeyDown={onKeyDown}>
        {rules.length === 0 ? (
          <p className="px-3 py-4 text-sm text-ink-muted">
            No rules found. Give each rule a heading with an id, such as “### H2: Threats”, so that results can be told by rule.
          </p>
        ) : (
          <ol className="py-1" aria-label="Rules of the text">
            {rules.map((rule) => (
              <li key={rule.id}>
                <button
                  type="button"
                  data-row
                  onClick={() => onGoToLine(rule.line)}
                  style={{ paddingInlineStart: `${0.75 + (depth.get(rule.id) ?? 0)}rem` }}
                  className="flex w-full items-baseline gap-2 py-1 pr-3 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2"
                >
                  <span className="shrink-0 font-mono text-xs font-semibold text-gold-ink">{rule.explicit ? rule.id : '§'}</span>
                  <span className="min-w-0 grow truncate">{rule.title || rule.definition}</span>
                  {touched.has(rule.id) && (
                    <Badge tone="gold" title={touched.get(rule.id)}>
                      {touched.get(rule.id) === 'new' ? 'new' : 'edited'}
                    </Badge>
                  )}
                  <span className="sr-only">line {rule.line}</span>
                </button>
              </li>
            ))}
          </ol>
        )}
        {problems.length > 0 && (
          <ul className="border-t py-1" aria-label="Problems of the text">
            {problems.map((problem, index) => (
              <li key={`${problem.kind}-${problem.line}-${index}`}>
                <button
                  type="button"
                  data-row
                  disabled={problem.line === null}
                  onClick={() => problem.line !== null && onGoToLine(problem.line)}
                  className="flex w-full gap-2 px-3 py-1 text-left text-xs enabled:hover:bg-hover focus-visible:-outline-offset-2"
                >
                  <span aria-hidden className="text-gold-ink">
                    ⚠
                  </span>
                  <span className="min-w-0 break-words">
                    {problem.message} {problem.line !== null && <span className="text-ink-faint">line {problem.line}</span>}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  )
})
