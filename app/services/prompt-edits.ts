import { diffWordsWithSpace, structuredPatch } from 'diff'
import type { EditLine, LinePart, PromptEdit, PromptEdits } from '../domain/comparison/prompt-edit'
import { rulesOfLines } from '../domain/policy/changed-rules'
import { parsePolicyText } from '../domain/policy/policy-text'
import type { Workspace } from './workspace-api'

const mostEdits = 30
const mostLines = 40
/** Longer edits are shown line by line: words of a rewritten page pair at random. */
const mostCharactersByWord = 6000
/** Edits with no more unchanged lines than this between them are one, and so are all that follow one another in the same rules. */
const mostLinesBetween = 2

type Block = { before: number; removed: string[]; after: number; added: string[] }
type Edit = { rules: string[]; blocks: Block[] }

/** The places where two texts differ, each with the rules that stand there in either text. */
export function findEdits(before: string, after: string): Array<Omit<PromptEdit, 'flips'>> {
  const [oldLines, newLines] = [splitLines(before), splitLines(after)]
  const [oldPolicy, newPolicy] = [parsePolicyText(before), parsePolicyText(after)]
  const { hunks } = structuredPatch('', '', written(oldLines), written(newLines), '', '', { context: 0 })
  const edits: Edit[] = []
  for (const hunk of hunks) {
    // A hunk without lines on one side stands after the line that it names there.
    const block: Block = {
      before: hunk.oldLines === 0 ? hunk.oldStart + 1 : hunk.oldStart,
      removed: hunk.lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1)),
      after: hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart,
      added: hunk.lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)),
    }
    const rules = [
      ...new Set([...rulesOfBlock(newPolicy, block.after, block.added), ...rulesOfBlock(oldPolicy, block.before, block.removed)]),
    ]
    const last = edits.at(-1)
    const previous = last?.blocks.at(-1)
    const near = previous !== undefined && block.after - (previous.after + previous.added.length) <= mostLinesBetween
    if (last && sameEntries(last.rules, rules) && (near || rules.length > 0)) last.blocks.push(block)
    else edits.push({ rules, blocks: [block] })
  }
  return edits.map((edit) => writeEdit(edit, newLines))
}

/** With a line end after every line: a last line without one would count as another line. */
const written = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

const splitLines = (text: string): string[] => text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n')

/** Blank lines at the ends of an edit belong to no rule, and a heading begins what comes after it. */
function rulesOfBlock(policy: Parameters<typeof rulesOfLines>[0], line: number, lines: readonly string[]): string[] {
  const written = lines.flatMap((text, index) => (text.trim() === '' ? [] : [line + index]))
  const [first, last] = [written[0], written.at(-1)]
  return first === undefined || last === undefined ? [] : rulesOfLines(policy, { line: first, endLine: last })
}

const sameEntries = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((entry) => b.includes(entry))

function writeEdit({ rules, blocks }: Edit, newLines: readonly string[]): Omit<PromptEdit, 'flips'> {
  const lines: EditLine[] = []
  let next: number | null = null
  for (const block of blocks) {
    const far = next === null || block.after - next > mostLinesBetween
    if (far && next !== null) lines.push(unchanged('⋯'))
    for (let line = far ? Math.max(1, block.after - 1) : (next ?? 1); line < block.after; line += 1)
      lines.push(unchanged(newLines[line - 1]))
    lines.push(...compareLines(block))
    next = block.after + block.added.length
  }
  if (next !== null && next <= newLines.length) lines.push(unchanged(newLines[next - 1]))
  const [first] = blocks
  return {
    line: first?.after ?? 1,
    baselineLine: first?.before ?? 1,
    rules,
    lines: lines.slice(0, mostLines),
    linesLeftOut: Math.max(0, lines.length - mostLines),
  }
}

const unchanged = (text = ''): EditLine => ({ kind: 'same', parts: [{ text, changed: false }] })

/** What was removed, then what was added, word by word where something stands on both sides. */
function compareLines({ removed, added }: Block): EditLine[] {
  const [before, after] = [removed.join('\n'), added.join('\n')]
  if (removed.length === 0 || added.length === 0 || before.length + after.length > mostCharactersByWord)
    return [...removed.map((text) => whole('removed', text)), ...added.map((text) => whole('added', text))]
  const pieces = diffWordsWithSpace(before, after)
  const side = (kind: 'removed' | 'added', other: 'removed' | 'added') =>
    toLines(
      kind,
      pieces.filter((piece) => !piece[other]).map((piece) => ({ text: piece.value, changed: piece[kind] === true })),
    )
  return [...side('removed', 'added'), ...side('added', 'removed')]
}

const whole = (kind: 'removed' | 'added', text: string): EditLine => ({ kind, parts: [{ text, changed: false }] })

function toLines(kind: 'removed' | 'added', parts: readonly LinePart[]): EditLine[] {
  const lines: EditLine[] = [{ kind, parts: [] }]
  for (const { text, changed } of parts)
    for (const [index, piece] of text.split('\n').entries()) {
      if (index > 0) lines.push({ kind, parts: [] })
      if (piece !== '') lines.at(-1)?.parts.push({ text: piece, changed })
    }
  return lines
}

/** What was edited between the prompts of two replays, each edit with the flips of the cases that are labelled with its rules. */
export async function loadPromptEdits(workspace: Workspace, baselineReference: string, candidateReference: string): Promise<PromptEdits> {
  const { replays, prompts, comparisons } = workspace
  const [baseline, candidate] = await Promise.all([replays.resolve(baselineReference), replays.resolve(candidateReference)])
  const textOf = async (id: string) => prompts.textByHash((await replays.get(id)).promptHash)
  const all = findEdits(await textOf(baseline), await textOf(candidate))
  const count = async (filter: { anyRule?: string[]; noRule?: string[] }) => {
    const total = async (flip: 'regressed' | 'fixed') =>
      (await comparisons.flips(baseline, candidate, { filter: { ...filter, flip: [flip] }, offset: 0, limit: 0 })).total
    return { regressed: await total('regressed'), fixed: await total('fixed') }
  }
  const edits: PromptEdit[] = []
  for (const edit of all.slice(0, mostEdits))
    edits.push({ ...edit, flips: edit.rules.length === 0 ? null : await count({ anyRule: edit.rules }) })
  return {
    edits,
    editsLeftOut: all.length - edits.length,
    rest: await count({ noRule: [...new Set(all.flatMap(({ rules }) => rules))] }),
  }
}
