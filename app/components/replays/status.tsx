import { Badge, type Tone } from '~/components/ui/badge'
import type { ReplayStatusView } from './types'

const looks: Record<ReplayStatusView, { word: string; tone: Tone; glyph: string }> = {
  pending: { word: 'waiting', tone: 'neutral', glyph: '○' },
  running: { word: 'running', tone: 'gold', glyph: '◐' },
  paused: { word: 'paused', tone: 'gold', glyph: '‖' },
  cancelled: { word: 'cancelled', tone: 'unscored', glyph: '■' },
  failed: { word: 'failed', tone: 'danger', glyph: '!' },
  finished: { word: 'finished', tone: 'neutral', glyph: '✓' },
}

export function StatusBadge({ status }: { status: ReplayStatusView }) {
  const { word, tone, glyph } = looks[status]
  return (
    <Badge tone={tone} glyph={glyph}>
      {word}
    </Badge>
  )
}

/** What can be done about a replay that is not finished. */
export const statusAdvice: Record<ReplayStatusView, string> = {
  pending: 'It starts as soon as the replays before it are done. If it does not, resume it.',
  running: 'It goes on when this page is closed.',
  paused: 'It goes on by itself. What is answered is kept.',
  cancelled: 'What was answered is kept; resuming asks only for the rest.',
  failed: 'What was answered is kept. Remove the cause, then resume: only the rest is asked.',
  finished: '',
}

export function canCancel(status: ReplayStatusView): boolean {
  return status === 'running' || status === 'paused' || status === 'pending'
}

export function canResume(status: ReplayStatusView): boolean {
  return status === 'cancelled' || status === 'failed' || status === 'pending'
}
