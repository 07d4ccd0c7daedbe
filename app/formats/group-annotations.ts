import { rowProblem } from '~/domain/golden-set/problems'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { settleAnnotations } from '~/domain/golden-set/settle-annotations'
import type { RowReader } from './row-reader'
import type { CaseEvent } from './rows'

/** The rows of a case may stand anywhere in the file, so all cases are kept until its end: in so many characters at most. */
const mostCharacters = 400_000_000

/**
 * Makes one case of the rows that share their id (without ids: their content), each of which is one person's annotation. Metadata that
 * differ between the rows are the annotations' and are left out. The expected verdict is that of its column, else the one that all agree on.
 */
export async function* groupAnnotations(
  events: AsyncIterable<CaseEvent>,
  { file, reader }: { file: string; reader: RowReader },
): AsyncGenerator<CaseEvent> {
  const cases = new Map<string, { golden: GoldenCase; line: number }>()
  let characters = 0
  for await (const event of events) {
    if (event.type === 'problem') {
      yield event
      continue
    }
    const { case: golden, line } = event
    const key = golden.id === '' ? JSON.stringify([golden.content, golden.context]) : golden.id
    const known = cases.get(key)
    if (known && known.golden.content !== golden.content) {
      const problem = rowProblem(
        `has the id of line ${known.line} and another content`,
        'Rows with one id are annotations of one text: change the id, or leave the row out.',
        {
          column: 'id',
          value: golden.id,
        },
      )
      yield { type: 'problem', problem: { file, line, ...problem }, fatal: false }
    } else if (known) known.golden = mergeRows(known.golden, golden)
    else {
      cases.set(key, { golden: golden.id === '' ? { ...golden, id: reader.generateId(golden) } : golden, line })
      characters += golden.content.length + 500
    }
    if (characters > mostCharacters) {
      const problem = rowProblem(
        `the file holds more than ${mostCharacters / 1_000_000} million characters of cases with one row an annotation`,
        'Split it into several files, by case.',
      )
      yield { type: 'problem', problem: { file, line: null, ...problem }, fatal: true }
      return
    }
  }
  for (const { golden, line } of cases.values())
    yield { type: 'case', case: golden.expected ? golden : { ...golden, expected: settleAnnotations(golden.annotations) }, line }
}

function mergeRows(first: GoldenCase, next: GoldenCase): GoldenCase {
  const meta = Object.fromEntries(Object.entries(first.meta).filter(([name, value]) => next.meta[name] === value))
  return {
    ...first,
    expected: first.expected ?? next.expected,
    tags: [...new Set([...first.tags, ...next.tags])],
    mustPass: first.mustPass || next.mustPass,
    meta,
    annotations: [...first.annotations, ...next.annotations],
  }
}
