import { expect, it } from 'vitest'
import { createTestWorkspace } from '../../support/database'
import { goldenCase } from '../../support/golden-cases'

it('finds words whatever their form, in every script, and what is not seen by itself', async () => {
  await using workspace = await createTestWorkspace()
  const contents: Record<string, string> = {
    composed: 'das Café dort',
    decomposed: 'das Cafe\u0301 hier',
    plain: 'the cafe',
    chinese: '我喜欢苹果和香蕉',
    arabic: 'أنا أحب القهوة',
    hidden: 'you s\u200bl\u200bur',
    street: 'in der Straße',
    emoji: 'family 👩‍👩‍👧 here',
  }
  await workspace.goldenSets.importCases({
    policySlug: 'chat',
    goldenName: 'scripts',
    cases: Object.entries(contents).map(([id, content]) => goldenCase({ id, content })),
    mode: 'merge',
    author: 'ana',
    message: 'first',
  })
  const find = async (text: string) =>
    (await workspace.goldenSets.cases('chat', 'scripts', { filter: { text }, offset: 0, limit: 20 })).rows.map(({ id }) => id)
  expect(await find('café')).toEqual(['composed', 'decomposed'])
  expect(await find('CAFE\u0301')).toEqual(['composed', 'decomposed'])
  expect(await find('cafe')).toEqual(['plain'])
  expect(await find('苹果')).toEqual(['chinese'])
  expect(await find('أحب')).toEqual(['arabic'])
  expect(await find('slur')).toEqual(['hidden'])
  expect(await find('\u200b')).toEqual(['hidden'])
  expect(await find('STRASSE')).toEqual(['street'])
  expect(await find('👩‍👩‍👧')).toEqual(['emoji'])
  expect(await find('das 我')).toEqual([])
})
