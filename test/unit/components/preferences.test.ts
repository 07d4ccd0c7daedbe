import { describe, expect, test } from 'vitest'
import { defaultPreferences, mergePreferences, preferencesSchema } from '~/components/ui/preferences'
import { suggestSlug } from '~/components/policy/new-policy-dialog'
import { slugSchema } from '~/domain/policy/policy'
import { readPreferences, writePreferences } from '~/routes/_lib/preferences.server'

const form = (fields: Record<string, string>) => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}
const requestWith = (cookie: string) => new Request('http://127.0.0.1/', { headers: { Cookie: cookie } })

describe('preferences', () => {
  test('content is hidden until the reader says otherwise', async () => {
    expect(await readPreferences(new Request('http://127.0.0.1/'))).toEqual(defaultPreferences)
    expect(defaultPreferences.hideContent).toBe(true)
  })

  test('what was chosen comes back', async () => {
    const chosen = mergePreferences(defaultPreferences, form({ theme: 'dark', hideContent: 'false', author: ' Mara Öz ' }))
    const cookie = (await writePreferences(chosen)).split(';')[0] ?? ''
    expect(await readPreferences(requestWith(cookie))).toEqual({
      ...defaultPreferences,
      theme: 'dark',
      hideContent: false,
      author: 'Mara Öz',
    })
  })

  test('a field that is missing or not valid leaves its preference alone', () => {
    const merged = mergePreferences(defaultPreferences, form({ theme: 'neon', author: 'a\u202Eb', hideContent: 'maybe' }))
    expect(merged).toEqual(defaultPreferences)
  })

  test('a cookie that was tampered with is read as the defaults', async () => {
    expect(await readPreferences(requestWith('touchstone-preferences=%7Bbroken'))).toEqual(defaultPreferences)
    expect(preferencesSchema.parse({ theme: 1, hideContent: 'x', author: '', guideDone: null })).toEqual(defaultPreferences)
  })
})

test.each([
  ['Community hate & harassment', 'community-hate-harassment'],
  ['Größe: Straße!', 'grosse-strasse'],
  ['  --  ', ''],
  ['x'.repeat(100), 'x'.repeat(64)],
])('the short name of "%s" is "%s"', (name, expected) => {
  expect(suggestSlug(name)).toBe(expected)
  if (expected !== '') expect(slugSchema.safeParse(expected).success).toBe(true)
})
