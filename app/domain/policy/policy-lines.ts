import { kindOfWords, stripEmphasis } from './policy-words'
import type { LabelKind } from './verdict-scheme'

/** An id with a digit in it: `H2`, `SP2.a`, `H1.x1`, `D-S2`. */
export const explicitId = String.raw`(?:[A-Z]{1,3}-)?[A-Z][A-Za-z]{0,9}\d{1,3}(?:\.[A-Za-z0-9]{1,6})*`
/** An id of capitals only, taken for one only where its place says so. */
const codeId = String.raw`[A-Z]{1,4}`

export type RuleHeader = {
  id: string
  title: string
  /** What follows the title on the same line. */
  rest: string
  /** `### H (Hate) – VIOLATES` and `– SAFE` are two halves of one rule. */
  half: LabelKind | null
}

export type PolicyLine =
  | { type: 'blank' }
  | { type: 'code' }
  | { type: 'heading'; level: number; text: string; rule: RuleHeader | null }
  | { type: 'bullet'; text: string; rule: RuleHeader | null }
  | { type: 'table'; cells: string[] }
  | { type: 'text'; text: string; rule: RuleHeader | null }

const longestLine = 4_000

const afterId = new RegExp(`^(${explicitId}|${codeId})\\s*(?:\\(([^)]{1,120})\\))?\\s*(?:[—–:]|-(?=\\s)|\\.(?=\\s)|\\))?\\s*(.*)$`)
const idInside = new RegExp(`^(.{2,100}?)\\s*\\((${explicitId})(?:\\s*[–—:-]\\s*([^)]{0,120}))?\\)\\s*$`)
const isExplicit = new RegExp(`^${explicitId}$`)
const isCode = new RegExp(`^${codeId}$`)

/** `Title: what it says`, `Title – “example”` → title and rest; a text without a short title is all rest. */
function splitTitle(text: string): { title: string; rest: string } {
  const split = /^([^:–—"“]{2,80}?)\s*(?::\s+|\s[–—]\s+|:$)(.*)$/.exec(text)
  if (split) return { title: (split[1] ?? '').trim(), rest: (split[2] ?? '').trim() }
  return text.length <= 80 && !/[.!?]$/.test(text) && !/["“]/.test(text) ? { title: text, rest: '' } : { title: '', rest: text }
}

/** `- VIOLATES` behind a title says which half of the rule follows. */
function takeHalf(text: string): { text: string; half: LabelKind | null } {
  const match = /^(.*?)\s*[–—:-]\s*([A-Za-z][A-Za-z -]{2,20})$/.exec(text)
  const [, before = '', words = text] = match ?? []
  const half = /^(?:VIOLATES|SAFE|ALLOWED|UNSAFE|NOT ALLOWED|VIOLATION|Violates|Safe|Allowed)$/.test(words.trim())
    ? kindOfWords(words)
    : null
  return half === null ? { text, half } : { text: before, half }
}

function readRuleHeader(raw: string, place: 'heading' | 'bullet' | 'text'): RuleHeader | null {
  const bold = /^\s*(?:\*\*|__|`)/.test(raw)
  const cleaned = stripEmphasis(raw).replace(/^[^\p{L}\p{N}("“]+/u, '')
  const match = afterId.exec(cleaned)
  if (match) {
    const [, id = '', inParens, behind = ''] = match
    const next = cleaned.slice(id.length)
    const separated = /^\s*(?:\(|[—–:]|\s-\s|\.\s|\))/.test(next)
    const explicit = isExplicit.test(id)
    const code = !explicit && isCode.test(id)
    const alone = next.trim() === ''
    const accepted =
      (explicit &&
        (separated ||
          (alone && place !== 'text') ||
          (/^\s/.test(next) && (place === 'heading' || (place === 'bullet' && bold) || id.includes('.'))))) ||
      (code &&
        ((place === 'heading' && /^\s*\(|^\s*[—–:]\s/.test(next)) ||
          (place === 'bullet' && bold && separated) ||
          (place === 'bullet' && /^\s*\([^)]+\)\s*:/.test(next))))
    if (accepted) {
      const { text, half } = takeHalf(behind.trim())
      if (inParens !== undefined) return { id, title: inParens.trim(), rest: text.replace(/^[:–—-]\s*/, ''), half }
      if (place === 'heading') return { id, title: text, rest: '', half }
      return { id, ...splitTitle(text), half }
    }
  }
  if (place === 'bullet') return null
  const inside = idInside.exec(cleaned)
  const [, title = '', id = '', rest = ''] = inside ?? []
  if (/^\p{Lu}/u.test(title) && !/[.!?;]/.test(title) && title.split(/\s+/).length <= 8)
    return { id, title: title.trim(), rest: rest.trim(), half: null }
  return null
}

/** Takes a policy text apart into lines that know what they are. Linear in the text. */
export function readPolicyLines(text: string): PolicyLine[] {
  let fenced = false
  let previousBlank = true
  return text.split(/\r\n|\n|\r/).map((full): PolicyLine => {
    const line = full.slice(0, longestLine)
    if (/^\s*(?:```|~~~)/.test(line)) {
      fenced = !fenced
      previousBlank = false
      return { type: 'code' }
    }
    if (fenced) return { type: 'code' }
    const trimmed = line.trim()
    const afterBlank = previousBlank
    previousBlank = trimmed === ''
    if (trimmed === '' || /^[-*_](?:\s*[-*_]){2,}$/.test(trimmed)) return { type: 'blank' }

    const heading = /^(#{1,6})\s+(.*)$/.exec(trimmed)
    if (heading) {
      const [, marks = '', title = ''] = heading
      const words = title.replace(/\s+#+$/, '').trim()
      return { type: 'heading', level: marks.length, text: stripEmphasis(words), rule: readRuleHeader(words, 'heading') }
    }
    if (/^\|.*\|$/.test(trimmed))
      return {
        type: 'table',
        cells: trimmed
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      }
    const bullet = /^(?:[-*+•‣]|\d{1,3}[.)])\s+(.*)$/.exec(trimmed)?.[1]
    if (bullet !== undefined) return { type: 'bullet', text: bullet, rule: readRuleHeader(bullet, 'bullet') }
    if (/^[\p{Lu}\p{N}][\p{Lu}\p{N} &/,'’-]{2,58}:?$/u.test(trimmed) && /\p{Lu}{3}/u.test(trimmed) && afterBlank)
      return { type: 'heading', level: 2, text: trimmed.replace(/:$/, ''), rule: null }
    const rule = readRuleHeader(trimmed, 'text')
    if (rule && !rule.id.includes('.') && afterBlank && trimmed.length <= 140)
      return { type: 'heading', level: 2, text: stripEmphasis(trimmed), rule }
    return { type: 'text', text: trimmed, rule: rule?.id.includes('.') ? rule : null }
  })
}
