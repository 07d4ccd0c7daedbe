import { completeMapping, emptyMapping, mappedColumns, type CaseMapping } from './case-mapping'

/** What people call the parts of a case, most telling first. Compared without case, blanks, "_" and "-". */
const names: Array<
  [target: 'id' | 'content' | 'expected' | 'note' | 'severity' | 'split' | 'locale' | 'parents' | 'rules' | 'tags', names: string[]]
> = [
  ['content', ['content', 'text', 'testcase', 'comment', 'message', 'body', 'post', 'prompt', 'input', 'sentence', 'tweet', 'utterance']],
  [
    'expected',
    [
      'expected',
      'expectedlabel',
      'labelgold',
      'goldlabel',
      'gold',
      'groundtruth',
      'truth',
      'label',
      'verdict',
      'decision',
      'class',
      'target',
      'annotation',
    ],
  ],
  ['id', ['id', 'caseid', 'itemid', 'uid', 'uuid', 'key', 'contentid', 'commentid', 'messageid', 'postid']],
  ['parents', ['parents', 'parent', 'parenttext', 'parentcomment', 'context', 'previous', 'thread']],
  ['rules', ['rules', 'rule', 'ruleid', 'clause', 'policyrule', 'category', 'categories']],
  ['severity', ['severity', 'risk', 'harmlevel']],
  ['note', ['note', 'notes', 'reason', 'why', 'explanation', 'rationale', 'remark']],
  ['tags', ['tags', 'tag', 'labels', 'topics']],
  ['split', ['split', 'fold', 'subset', 'partition']],
  ['locale', ['locale', 'language', 'lang']],
]

const fold = (name: string) => name.toLowerCase().replace(/[\s_-]+/g, '')

/** A mapping that a person can correct, from the names of the columns alone. A column is used once. */
export function guessMapping(columns: readonly string[]): CaseMapping {
  const guess = completeMapping(emptyMapping, columns)
  const used = new Set(mappedColumns(guess).map(({ column }) => column))
  for (const [target, candidates] of names) {
    const taken = guess[target]
    if (Array.isArray(taken) ? taken.length > 0 : taken !== undefined) continue
    const found = candidates
      .map((name) => columns.find((column) => !used.has(column) && fold(column) === name))
      .find((column) => column !== undefined)
    if (found === undefined) continue
    used.add(found)
    if (target === 'parents' || target === 'rules' || target === 'tags') guess[target] = [found]
    else guess[target] = found
  }
  return guess
}
