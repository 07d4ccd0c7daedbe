import { describe, expect, test } from 'vitest'
import { sayForForm } from '~/components/import/form-words'
import { guessLabel } from '~/domain/golden-set/guess-label'
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
    ['Not OK', 'violates'],
    ['Non-violating', 'allowed'],
    ['NOT', 'allowed'],
    ['N/A', ''],
    ['slur_h', null],
    ['', ''],
  ])('%j is %j', (value, label) => {
    expect(guessLabel(value, defaultVerdictScheme.labels)).toBe(label)
  })

  test.each([
    ['is_hateful', 'TRUE', 'violates'],
    ['is_safe', 'TRUE', 'allowed'],
    ['is_safe', 'no', 'violates'],
    ['Acceptable?', '1', 'allowed'],
    ['not_ok', '1', 'violates'],
    ['Unsafe', '0', 'allowed'],
    ['label', '1.0', 'violates'],
  ])('in the column %s %j is %j', (column, value, label) => {
    expect(guessLabel(value, defaultVerdictScheme.labels, column)).toBe(label)
  })
})
