import { describe, expect, test } from 'vitest'
import { sayForForm } from '~/components/import/form-words'
import { guessLabel } from '~/components/import/guess-label'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'

describe('advice on an import', () => {
  test.each([
    ['Say which one it is: --map content=COLUMN.', 'Say which one it is: the list beside the column.'],
    ['Give every case an id, or map one with --map id=KEY.', 'Give every case an id, or map one with the list beside the column.'],
    [
      'Use one of: violates; or say which value is the violating one with --positive VALUE, or map it with --label VALUE=LABEL.',
      'Use one of: violates; or say which value is the violating one with the list beside the value.',
    ],
    [
      'Say what it is with --encoding, for example --encoding windows-1252.',
      'Say what it is with the encoding under “It is read wrongly”, for example windows-1252.',
    ],
    ['Read them with --relax-quotes.', 'Read them with “Take quotation marks as they stand” under “It is read wrongly”.'],
    ['Export the file again.', 'Export the file again.'],
  ])('%s', (advice, said) => {
    expect(sayForForm(advice)).toBe(said)
  })
})

describe('the label that a value means', () => {
  test.each([
    ['violates', 'violates'],
    [' ALLOWED ', 'allowed'],
    ['hateful', 'violates'],
    ['non-hateful', 'allowed'],
    ['Not toxic', 'allowed'],
    ['1', 'violates'],
    ['0', 'allowed'],
    ['unsure', 'escalate'],
    ['slur_h', ''],
    ['', ''],
  ])('%j is %j', (value, label) => {
    expect(guessLabel(value, defaultVerdictScheme.labels)).toBe(label)
  })
})
