import { describe, expect, test } from 'vitest'
import { describeCaseChange } from '~/components/golden-set/case-changes'
import { checkCaseForm, readCaseForm, toGoldenCase, type CaseForm } from '~/components/golden-set/case-form-schema'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'

const golden: GoldenCase = {
  id: 'CH-1',
  content: 'first line\nsecond line',
  context: { parents: ['a parent', 'another'], surface: 'comment', locale: 'en-GB' },
  expected: { label: 'violates', rules: { H1: true, H2: false }, severity: 'high' },
  tags: ['sarcasm', 'coded'],
  note: 'why',
  mustPass: true,
  split: 'train',
  meta: { round: 3, real: true, source: 'desk', nothing: null },
  annotations: [{ annotator: 'a1', label: 'violates', rules: {} }],
}

/** What the browser sends for a case that nobody touched. */
function formOf({ id, content, context, expected, tags, note, mustPass, split, meta }: GoldenCase, message = 'because'): FormData {
  const form = new FormData()
  form.set('id', id)
  form.set('content', content.replaceAll('\n', '\r\n'))
  for (const parent of context.parents) form.append('parents', parent)
  form.set('surface', context.surface ?? '')
  form.set('locale', context.locale ?? '')
  form.set('author', context.author ?? '')
  form.set('label', expected?.label ?? '')
  form.set('severity', expected?.severity ?? '')
  for (const rule of ['H1', 'H2', 'H3']) form.set(`rule.${rule}`, expected?.rules[rule] === undefined ? '' : String(expected.rules[rule]))
  form.set('note', note ?? '')
  form.set('tags', tags.join(', '))
  if (mustPass) form.set('mustPass', 'on')
  form.set('split', split ?? '')
  for (const [key, value] of Object.entries(meta)) {
    form.append('metaKey', key)
    form.append('metaValue', value === null ? '' : String(value))
  }
  form.set('message', message)
  return form
}

function read(form: FormData): CaseForm {
  const reading = readCaseForm(form)
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors))
  return reading.form
}

describe('the form of a case', () => {
  test('leaves a case that nobody touched as it was, types of metadata and annotations included', () => {
    expect(toGoldenCase(read(formOf(golden)), golden)).toEqual(golden)
  })

  test('makes an unlabelled case when no verdict is given', () => {
    const form = formOf({ ...golden, expected: null })
    expect(toGoldenCase(read(form), null)).toMatchObject({ expected: null, annotations: [] })
  })

  test('keeps a rule that nobody labelled unlabelled', () => {
    const form = formOf(golden)
    form.set('rule.H2', '')
    expect(toGoldenCase(read(form), golden).expected?.rules).toEqual({ H1: true })
  })

  test('keeps text that no longer reads as a number as text', () => {
    const form = formOf({ ...golden, meta: { round: 'three' } })
    expect(toGoldenCase(read(form), golden).meta).toEqual({ round: 'three' })
  })

  test('says in one sentence a field what is wrong with it', () => {
    const form = formOf({ ...golden, id: ' ', content: ' \n ', context: { parents: [], locale: 'english please' } }, ' ')
    const reading = readCaseForm(form)
    expect(reading).toEqual({
      ok: false,
      errors: {
        id: 'Give the case an id.',
        content: 'Enter what was posted.',
        locale: 'Write a language tag such as en-GB, or nothing.',
        message: 'Say in a few words why.',
      },
    })
  })

  test('refuses what the scheme does not know, and metadata named twice', () => {
    const form = read(formOf({ ...golden, expected: { label: 'perhaps', rules: {}, severity: 'grave' } }))
    expect(checkCaseForm(form, { ...defaultVerdictScheme, severities: ['low'] })).toEqual({
      label: '“perhaps” is not a label of this policy.',
      severity: '“grave” is not a severity of this policy.',
    })
    expect(
      checkCaseForm(
        {
          ...form,
          label: '',
          severity: '',
          meta: [
            ['a', '1'],
            ['a', '2'],
          ],
        },
        defaultVerdictScheme,
      ),
    ).toEqual({ meta: '“a” is listed twice.' })
  })

  test('takes hostile text as it is', () => {
    const content = '<script>alert(1)</script>\u202eevil\u0000'
    expect(toGoldenCase(read(formOf({ ...golden, content })), golden).content).toBe(content)
  })
})

describe('what a revision did to a case', () => {
  test('is said in words that never quote the content', () => {
    const after: GoldenCase = {
      ...golden,
      content: 'something vile',
      expected: { label: 'allowed', rules: { H1: false }, severity: 'high' },
      tags: ['sarcasm', 'quotation'],
      mustPass: false,
      note: undefined,
    }
    expect(describeCaseChange(golden, after)).toEqual([
      'content changed',
      'label: violates → allowed',
      'rule H1 does not apply',
      'rule H2: not labelled any more',
      'tag added: quotation',
      'tag removed: coded',
      'need not pass any more',
      'note removed',
    ])
  })

  test('is nothing when only the order of keys differs', () => {
    expect(describeCaseChange(golden, { ...golden, meta: { source: 'desk', nothing: null, real: true, round: 3 } })).toEqual([])
  })

  test('knows the first and the last of a case', () => {
    expect(describeCaseChange(null, golden)).toEqual(['added'])
    expect(describeCaseChange(golden, null)).toEqual(['deleted'])
    expect(describeCaseChange(null, null)).toEqual([])
  })
})
