import type { ReactNode } from 'react'
import type { FlipKind } from '~/domain/comparison/comparison'
import type { Outcome, RuleOutcome } from '~/domain/verdict/verdict'
import { classNames } from './class-names'
import { formatCount } from './format'

export type Tone = 'neutral' | 'gold' | 'fixed' | 'regressed' | 'unscored' | 'danger'

const tones: Record<Tone, string> = {
  neutral: 'border-line bg-sunken text-ink-muted',
  gold: 'border-gold bg-gold-soft text-gold-ink',
  fixed: 'border-fixed bg-fixed-soft text-fixed-ink',
  regressed: 'border-regressed bg-regressed-soft text-regressed-ink',
  unscored: 'border-unscored bg-unscored-soft text-unscored-ink',
  danger: 'border-danger bg-danger-soft text-danger-ink',
}

/** A short fact about the thing beside it. `glyph` is decoration: the words say it all. */
export function Badge({
  tone = 'neutral',
  glyph,
  children,
  className,
  title,
}: {
  tone?: Tone
  glyph?: string
  children: ReactNode
  className?: string
  title?: string
}) {
  return (
    <span
      title={title}
      className={classNames(
        'inline-flex items-center gap-1 rounded-sm border px-1.5 text-xs font-medium whitespace-nowrap',
        tones[tone],
        className,
      )}
    >
      {glyph && (
        <span aria-hidden className="text-[0.9em] leading-none">
          {glyph}
        </span>
      )}
      {children}
    </span>
  )
}

/** How each kind of flip looks: never colour alone, always its glyph and its word. */
export const flipLook: Record<FlipKind, { glyph: string; word: string; tone: Tone; ink: string }> = {
  fixed: { glyph: '▲', word: 'fixed', tone: 'fixed', ink: 'text-fixed-ink' },
  regressed: { glyph: '▼', word: 'regressed', tone: 'regressed', ink: 'text-regressed-ink' },
  stillRight: { glyph: '✓', word: 'still right', tone: 'neutral', ink: 'text-ink-muted' },
  stillWrong: { glyph: '✕', word: 'still wrong', tone: 'neutral', ink: 'text-ink-muted' },
  unscored: { glyph: '◇', word: 'unscored', tone: 'unscored', ink: 'text-unscored-ink' },
  added: { glyph: '+', word: 'added', tone: 'neutral', ink: 'text-ink-muted' },
  removed: { glyph: '−', word: 'removed', tone: 'neutral', ink: 'text-ink-muted' },
  relabelled: { glyph: '⇄', word: 'relabelled', tone: 'neutral', ink: 'text-ink-muted' },
  leaked: { glyph: '❝', word: 'quoted in a prompt', tone: 'gold', ink: 'text-gold-ink' },
}

export function FlipBadge({ kind, count }: { kind: FlipKind; count?: number | null }) {
  const { glyph, word, tone } = flipLook[kind]
  return (
    <Badge tone={tone} glyph={glyph}>
      {count != null && `${formatCount(count)} `}
      {word}
    </Badge>
  )
}

/** The words of an outcome, as they stand in every table and count. */
export const outcomeWords: Record<Outcome, string> = {
  correct: 'right',
  wrong: 'wrong',
  refused: 'refused',
  contentFilter: 'content filter',
  truncated: 'cut short',
  unparseable: 'unreadable answer',
  error: 'error',
  unlabelled: 'unlabelled',
}

/** A judged case: right, right with the wrong rule, wrong, or unscored with its reason. */
export function OutcomeBadge({ outcome, ruleOutcome = null }: { outcome: Outcome; ruleOutcome?: RuleOutcome }) {
  if (outcome === 'correct' && ruleOutcome === 'wrong') return <Badge glyph="✓">right, wrong rule</Badge>
  if (outcome === 'correct') return <Badge glyph="✓">right</Badge>
  if (outcome === 'wrong')
    return (
      <Badge glyph="✕" className="border-line-strong! text-ink!">
        wrong
      </Badge>
    )
  return (
    <Badge tone="unscored" glyph="◇">
      {outcomeWords[outcome]}
    </Badge>
  )
}

/** Stands wherever figures come from the rehearsal classifier. */
export function RehearsalBadge() {
  return (
    <Badge tone="gold" title="From the rehearsal classifier: it matches the words of the prompt's rules and is not a model of judgement.">
      rehearsal
    </Badge>
  )
}

/** A version by its number; `null` is a draft that was not made a version. */
export function versionName(number: number | null): string {
  return number === null ? 'draft' : `v${number}`
}
