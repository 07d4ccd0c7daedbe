import {
  addDefinition,
  addException,
  addToException,
  blockMarkers,
  exampleHolders,
  readExample,
  readFlags,
  readMarker,
  readOutput,
  ruleHolders,
  verdictHolders,
} from './policy-blocks'
import type { Mode } from './policy-blocks'
import { readPolicyLines } from './policy-lines'
import type { PolicyLine, RuleHeader } from './policy-lines'
import type { PolicyExample, PolicyRule, PolicySection, PolicyText } from './policy-outline'
import { createIdRegister, firstWord, kindOfWords, quotedIn, slugOf, stripEmphasis } from './policy-words'

export type { PolicyExample, PolicyRule, PolicyText } from './policy-outline'

/** Takes a policy text apart. See {@link parsePolicyText}. */
class PolicyReader {
  readonly result: PolicyText = { title: null, sections: [], rules: [], examples: [], quotedPhrases: [], verdictMentions: [] }
  private readonly nameSection = createIdRegister()
  private readonly rules = new Map<string, PolicyRule>()
  private readonly headings: Array<{ level: number; text: string; section: PolicySection; rule: PolicyRule | null }> = []
  private rule: PolicyRule | null = null
  private mode: Mode = 'other'
  private tableHeader: string[] | null = null
  /** The rules and verdicts that the heading above gives its examples: `Example 4 – HR = 1, SH = 0`. */
  private exampleFlags: Array<{ id: string; applies: boolean }> | null = null

  /** The example on the line before, once for each rule that it is of. */
  private lastExamples: PolicyExample[] = []

  constructor(private readonly lines: PolicyLine[]) {}

  read(): PolicyText {
    this.lines.forEach((line, index) => this.readLine(line, index + 1))
    this.closeSpan(this.lines.length)
    this.closeSections(0, this.lines.length)
    this.result.rules = [...this.rules.values()]
    const sectionsByLine = new Map(this.result.sections.map((section) => [section.line, section]))
    for (const rule of this.result.rules) this.finishRule(rule, sectionsByLine)
    return this.result
  }

  private readLine(line: PolicyLine, number: number): void {
    if (line.type !== 'table') this.tableHeader = null
    if (line.type === 'blank') {
      if (this.mode === 'signals') this.mode = 'definition'
      return
    }
    if (line.type === 'code') return
    if (line.type === 'heading') return this.readHeading(line, number)
    if (line.type === 'table') return this.readRow(line.cells, number)
    if (
      line.type === 'text' &&
      this.result.title === null &&
      this.headings.length === 0 &&
      line.text.length <= 80 &&
      !/[.!?:]$/.test(line.text)
    )
      this.result.title = line.text
    for (const phrase of quotedIn(line.text)) this.result.quotedPhrases.push({ text: phrase, line: number, ruleId: this.rule?.id ?? null })
    this.noteVerdicts(line.text, number)
    if (line.rule && this.opensRule(line.rule)) return this.readItem(line.rule, number)
    this.readBody(line.text, line.type === 'bullet', line.rule, number)
  }

  /** Inside a rule's list of exceptions, `H1.x1 …` is an exception and not a rule. */
  private opensRule(header: RuleHeader): boolean {
    if (this.mode === 'examples') return false
    return !(this.mode === 'exceptions' && this.rule && header.id.startsWith(`${this.rule.id}.`))
  }

  private readHeading(line: Extract<PolicyLine, { type: 'heading' }>, number: number): void {
    const above = this.headings.at(-1)
    const inRule = this.rule !== null && above?.rule === this.rule && line.level > above.level
    const marker = inRule ? blockMarkers.find(([, pattern]) => pattern.test(line.text.replace(/:$/, ''))) : undefined
    if (marker) {
      this.mode = marker[0]
      return
    }
    this.closeSpan(number - 1)
    this.closeSections(line.level, number - 1)
    if (this.result.title === null && (line.level === 1 || number === 1)) this.result.title = line.text
    const parent = this.headings.at(-1)
    const implicit =
      line.rule === null && parent !== undefined && parent.rule === null && ruleHolders.test(parent.text) && line.level > parent.level
    let rule: PolicyRule | null = null
    if (line.rule) rule = this.openRule(line.rule, number, line.rule.half === null ? 'section' : 'half', true)
    else if (implicit) rule = this.openRule({ id: slugOf(line.text), title: line.text, rest: '', half: null }, number, 'section', false)
    const id = this.nameSection(rule?.id ?? slugOf(line.text), parent?.section.id)
    const section: PolicySection = { id, level: line.level, title: line.text, line: number, endLine: number }
    this.result.sections.push(section)
    this.headings.push({ level: line.level, text: line.text, section, rule })
    this.rule = rule
    this.mode = rule
      ? line.rule?.half === 'allowed'
        ? 'exceptions'
        : line.rule?.half === 'violating'
          ? 'appliesTo'
          : 'definition'
      : exampleHolders.test(line.text)
        ? 'examples'
        : 'other'
    this.exampleFlags = this.mode === 'examples' ? readFlags(line.text) : null
  }

  private readItem(header: RuleHeader, number: number): void {
    this.closeSpan(number - 1)
    const rule = this.openRule(header, number, 'item', true)
    const owner = this.headings.findLast((heading) => heading.rule && heading.rule !== rule)?.rule
    if (rule.parentId === undefined && owner && (header.id.startsWith(`${owner.id}.`) || header.id.startsWith(owner.id)))
      rule.parentId = owner.id
    this.rule = rule
    this.mode = 'definition'
    const example = readExample(header.rest, number)
    if (example) rule.examples.push({ ...example, kind: example.kind ?? rule.kind, ruleId: rule.id })
    else if (header.rest !== '') addDefinition(rule, header.rest)
  }

  private openRule(header: RuleHeader, number: number, form: PolicyRule['spans'][number]['form'], explicit: boolean): PolicyRule {
    const known = this.rules.get(header.id)
    const rule: PolicyRule = known ?? {
      id: header.id,
      title: header.title,
      line: number,
      endLine: number,
      definition: '',
      signals: [],
      appliesTo: [],
      exceptions: [],
      examples: [],
      kind: kindOfWords(header.title) === 'allowed' || /\bnon-?(?:spam|violat)/i.test(header.rest) ? 'allowed' : 'violating',
      explicit,
      spans: [],
    }
    if (rule.title === '') rule.title = header.title
    const dot = header.id.lastIndexOf('.')
    if (dot > 0 && this.rules.has(header.id.slice(0, dot))) {
      rule.parentId = header.id.slice(0, dot)
      if (!known) rule.kind = this.rules.get(rule.parentId)?.kind ?? rule.kind
    }
    rule.spans.push({ line: number, endLine: number, form })
    this.rules.set(rule.id, rule)
    return rule
  }

  private readBody(text: string, bullet: boolean, header: RuleHeader | null, number: number): void {
    const marker = readMarker(text)
    if (marker && (this.rule || marker.mode === 'examples')) {
      this.mode = marker.mode
      if (marker.rest !== '') this.readContent(marker.rest, false, null, number)
      return
    }
    this.readContent(text, bullet, header, number)
  }

  private readContent(text: string, bullet: boolean, header: RuleHeader | null, number: number): void {
    const { rule, mode } = this
    if (mode === 'examples') return this.addExample(text, number)
    if (!rule) {
      const example = bullet ? readExample(text, number) : null
      if (example && example.label !== null) this.result.examples.push(example)
      return
    }
    if (mode === 'signals') {
      const phrases = quotedIn(text)
      rule.signals.push(
        ...(phrases.length ? phrases : text.split(/[,;]/).map((part) => stripEmphasis(part).replace(/\.$/, ''))).filter(
          (phrase) => phrase !== '',
        ),
      )
    } else if (mode === 'exceptions') {
      if (bullet || header) addException(rule, text, header, number)
      else addToException(rule, text, number)
    } else {
      const output = readOutput(text)
      const example = bullet ? readExample(text, number) : null
      if (output !== null) rule.kind = kindOfWords(output) ?? rule.kind
      else if (example && example.label !== null) rule.examples.push({ ...example, ruleId: rule.id })
      else {
        if (bullet) rule.appliesTo.push(stripEmphasis(text))
        addDefinition(rule, text)
      }
    }
  }

  private addExample(text: string, number: number): void {
    const example = readExample(text, number)
    if (!example) {
      for (const previous of this.lastExamples)
        if (previous.line === number - 1 && previous.why === '') previous.why = stripEmphasis(text).replace(/^\*|\*$/g, '')
      return
    }
    if (example.label !== null) this.mentionVerdict(example.label, number)
    const flags = (this.exampleFlags ?? []).flatMap(({ id, applies }) => {
      const rule = this.rules.get(id)
      return rule ? [{ rule, applies }] : []
    })
    this.lastExamples = []
    const keep = (examples: PolicyExample[], kept: PolicyExample) => {
      examples.push(kept)
      this.lastExamples.push(kept)
    }
    if (this.rule) keep(this.rule.examples, { ...example, ruleId: this.rule.id })
    else if (flags.length)
      for (const { rule, applies } of flags)
        keep(rule.examples, {
          ...example,
          ruleId: rule.id,
          kind: applies ? 'violating' : 'allowed',
          label: example.label ?? (applies ? '1' : '0'),
        })
    else if (this.exampleFlags?.every((flag) => !flag.applies))
      keep(this.result.examples, { ...example, kind: 'allowed', label: example.label ?? '0' })
    else keep(this.result.examples, example)
  }

  private readRow(cells: string[], number: number): void {
    if (cells.every((cell) => /^:?-*:?$/.test(cell))) return
    if (this.tableHeader === null) {
      this.tableHeader = cells
      if (/^(?:code|id|rule|category)\b/i.test(stripEmphasis(cells[0] ?? '')) || exampleHolders.test(cells[0] ?? '')) return
    }
    const [first = '', ...rest] = cells
    for (const phrase of quotedIn(first)) this.result.quotedPhrases.push({ text: phrase, line: number, ruleId: null })
    if (exampleHolders.test(this.tableHeader[0] ?? '')) {
      const label = stripEmphasis(rest[0] ?? '')
      for (const code of label.split(/[,;]/)) this.mentionVerdict(code, number)
      this.result.examples.push({
        text: quotedIn(first)[0] ?? stripEmphasis(first),
        label: label || null,
        kind: kindOfWords(label),
        why: stripEmphasis(rest[1] ?? ''),
        line: number,
      })
      return
    }
    const id = stripEmphasis(first)
    const holdsIds = /^(?:code|id|rule|category)\b/i.test(stripEmphasis(this.tableHeader[0] ?? ''))
    if (
      !/^(?:[A-Z]{1,3}-)?[A-Z][A-Za-z]{0,9}\d{0,3}(?:\.[A-Za-z0-9]{1,6})*$/.test(id) ||
      !(holdsIds || first.startsWith('**')) ||
      rest.length === 0
    )
      return
    const rule = this.openRule(
      { id, title: stripEmphasis(rest.length > 1 ? (rest[0] ?? '') : ''), rest: '', half: null },
      number,
      'table',
      true,
    )
    addDefinition(rule, rest.at(-1) ?? '')
  }

  private noteVerdicts(text: string, number: number): void {
    const output = readOutput(text)
    if (output !== null) for (const part of output.split(/\s*[+,/]\s*/)) this.mentionVerdict(part, number)
    const heading = this.headings.at(-1)
    if (heading && verdictHolders.test(heading.text)) {
      const named = /^`([^`]{1,40})`|^\*\*([^*]{1,40})\*\*/.exec(text)
      if (named) this.mentionVerdict(named[1] ?? named[2] ?? '', number)
      for (const placeholder of text.matchAll(/\(([A-Z][A-Z-]{0,8}#)\)/g)) this.mentionVerdict(placeholder[1] ?? '', number)
    }
    const goal = /\b[Cc]lassify\b.{0,80}?\bas ([A-Z]{3,12})\b.{0,40}?\bor ([A-Z]{3,12})\b/.exec(text)
    if (goal) for (const word of goal.slice(1)) this.mentionVerdict(word, number)
  }

  private mentionVerdict(text: string, line: number): void {
    const word = firstWord(text)
    if (word !== '' && !/^either$/i.test(word)) this.result.verdictMentions.push({ word, line })
  }

  private closeSpan(endLine: number): void {
    const rule = this.rule
    const span = rule?.spans.at(-1)
    if (span && span.form !== 'table') span.endLine = this.lastFilled(span.line, endLine)
    this.rule = null
  }

  private closeSections(level: number, endLine: number): void {
    for (let last = this.headings.at(-1); last && last.level >= level; last = this.headings.at(-1)) {
      const { section } = last
      this.headings.pop()
      section.endLine = this.lastFilled(section.line, endLine)
    }
  }

  private lastFilled(from: number, to: number): number {
    let line = to
    while (line > from && this.lines[line - 1]?.type === 'blank') line--
    return line
  }

  private finishRule(rule: PolicyRule, sectionsByLine: ReadonlyMap<number, PolicySection>): void {
    const section = sectionsByLine.get(rule.line)
    const [main] = rule.spans
    if (section && main && main.form !== 'table') main.endLine = section.endLine
    rule.endLine = main?.endLine ?? rule.endLine
    for (const example of rule.examples) example.kind ??= rule.kind
    rule.signals = [...new Set(rule.signals)]
  }
}

/**
 * Takes a policy text (Markdown, or the plain text that people write) apart into sections and rules. Ids that the text gives are kept
 * (`### H2 — Title`, `- **H2** Title: …`, `SP2.a Title – “…”`, `Title (SP2 – …)`, table rows, `### S (Sexual) – VIOLATES`); a section
 * without one gets an id made from its title, so that it stays the same when other parts are edited. Lines count from 1. Total: any text
 * has an outline, if an empty one. Linear in the text.
 */
export function parsePolicyText(text: string): PolicyText {
  return new PolicyReader(readPolicyLines(text)).read()
}
