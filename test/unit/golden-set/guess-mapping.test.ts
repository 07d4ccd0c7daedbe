import { expect, it } from 'vitest'
import { formatMapping, parseMapping } from '~/domain/golden-set/case-mapping'
import { guessMapping } from '~/domain/golden-set/guess-mapping'
import { mapRows } from '~/domain/golden-set/map-row'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'

it.each([
  [
    ['', 'functionality', 'case_id', 'test_case', 'label_gold', 'target_ident'],
    ['id=case_id', 'content=test_case', 'expected=label_gold'],
  ],
  [
    ['text', 'parent_text', 'label_ic'],
    ['content=text', 'context.parents=parent_text'],
  ],
  [
    ['ID', 'Message', 'Verdict', 'Rule', 'Why', 'Language'],
    ['id=ID', 'content=Message', 'expected=Verdict', 'note=Why', 'context.locale=Language', 'rules=Rule'],
  ],
  [
    ['id', 'content', 'expected', 'rule.H2', 'meta.x'],
    ['id=id', 'content=content', 'expected=expected', 'rule.H2=rule.H2'],
  ],
  [['a', 'b'], []],
])('of %j', (columns, entries) => {
  expect(new Set(formatMapping(guessMapping(columns)))).toEqual(new Set(entries))
})

it('is what an error suggests', () => {
  const { problems } = mapRows(['case_id', 'test_case', 'label_gold'], parseMapping([], { positive: ['1'] }).mapping, defaultVerdictScheme)
  expect(problems.map(({ advice }) => advice.split('?')[0])).toEqual([
    'Say which one it is: --map "content=test_case"',
    'Say which one it is: --map "expected=label_gold"',
  ])
})

it('tells of columns that were left over', () => {
  expect(mapRows(['case_id', 'text', 'label'], parseMapping(['content=text']).mapping, defaultVerdictScheme).hints).toEqual([
    'The column "case_id" was kept as metadata; if it holds the ids, map it with --map "id=case_id".',
    'The column "label" was kept as metadata; if it holds the labels, map it with --map "expected=label".',
  ])
})
