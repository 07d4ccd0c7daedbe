import { completeMapping, emptyMapping, mappedColumns, type CaseMapping } from './case-mapping'

type GuessedTarget = 'id' | 'content' | 'expected' | 'note' | 'severity' | 'split' | 'locale' | 'parents' | 'rules' | 'tags'

/** What people call the parts of a case, most telling first. Compared without case, blanks and punctuation. */
const names = (
  [
    [
      'content',
      'content text testcase commenttext tweettext posttext messagetext fulltext rawtext usertext usermessage comment message body post prompt input ' +
        'sentence tweet utterance review example query texte texto kommentar comentario commentaire nachricht 内容 文本 本文 テキスト текст النص',
    ],
    [
      'expected',
      'expected expectedlabel expectedverdict labelgold goldlabel gold goldstandard goldverdict groundtruth finallabel finalverdict finaldecision ' +
        'majoritylabel consensus truth label labeltext verdict decision class target annotation rating etiqueta etiquette 标签 ラベル метка',
    ],
    [
      'id',
      'id caseid caseno casenumber itemno itemid uid uuid key contentid commentid messageid postid tweetid textid exampleid recordid sampleid rowid externalid ref no nr number row',
    ],
    ['parents', 'parents parent parenttext parentcomment parentpost parentmessage replyto inreplytotext context previous thread'],
    ['rules', 'rules rule ruleid clause policyrule category categories'],
    ['severity', 'severity risk harmlevel'],
    ['note', 'note notes reason why explanation rationale remark remarks justification comments'],
    ['tags', 'tags tag labels topics'],
    ['split', 'split fold subset partition'],
    ['locale', 'locale language lang'],
  ] as const satisfies ReadonlyArray<readonly [GuessedTarget, string]>
).map(([target, words]) => [target, words.split(' ')] as const)

/** `Label (gold)?` and `row.label_gold` → `labelgold`, for comparison with the names above. */
export const foldColumn = (name: string) =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, '')

/** The names of one part, as {@link foldColumn} writes them. */
export const namesOf = (target: 'content'): readonly string[] => names.find(([known]) => known === target)?.[1] ?? []

/** Of a nested key of JSON, the last. */
const lastPart = (column: string) => column.slice(column.lastIndexOf('.') + 1)

/** A mapping that a person can correct, from the names of the columns alone. A column is used once. */
export function guessMapping(columns: readonly string[]): CaseMapping {
  const guess = completeMapping(emptyMapping, columns)
  const used = new Set(mappedColumns(guess).map(({ column }) => column))
  for (const [target, candidates] of names) {
    const taken = guess[target]
    if (Array.isArray(taken) ? taken.length > 0 : taken !== undefined) continue
    const found = candidates
      .map((name) => columns.find((column) => !used.has(column) && foldColumn(column) === name))
      .concat(candidates.map((name) => columns.find((column) => !used.has(column) && foldColumn(lastPart(column)) === name)))
      .find((column) => column !== undefined)
    if (found === undefined) continue
    used.add(found)
    if (target === 'parents' || target === 'rules' || target === 'tags') guess[target] = [found]
    else guess[target] = found
  }
  return guess
}
