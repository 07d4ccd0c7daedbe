import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

const versions = ['community-hate@1', 'community-hate@2', 'community-hate@3']
const address = `/compare-many?replays=${versions.join(',')}`

describeInBrowser('more than two versions', () => {
  const suite = useBrowserSuite({ appFor: 'all tests', acceptDownloads: true })

  test('are ticked in the list of replays, stand in one table, and each pair opens its comparison', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto('/replays?policy=community-hate')
    for (const version of ['v1', 'v2', 'v3']) await page.getByRole('checkbox', { name: new RegExp(`${version} to compare$`) }).check()
    await page.getByRole('link', { name: 'Compare 3' }).click()
    await page.getByRole('heading', { level: 1, name: '3 versions compared' }).waitFor()
    await page.getByText(/^The 3 versions differ; v3 is ahead with [\d.]+% of \d+ shared cases right/).waitFor()
    await page.getByText(/^Cochran Q = [\d.]+, 2 degrees of freedom, p /).waitFor()
    const pair = page.getByRole('link', { name: /^v2 against v1: Better, \+[\d.]+ points, \d+ fixed, \d+ regressed, p .* \(Holm\)$/ })
    await pair.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'v2 against v1' }).waitFor()
    await page.getByRole('link', { name: 'Add a version' }).click()
    await expect.poll(() => page.getByRole('checkbox', { checked: true }).count()).toBe(2)
    expect(complaints).toEqual([])
  })

  test('are ticked among the versions of a policy', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto('/policies/community-hate')
    await page.locator('.monaco-editor .view-line').first().waitFor()
    for (const version of ['v1', 'v2', 'v3']) await page.getByRole('checkbox', { name: `Choose ${version} to compare` }).check()
    await page.getByRole('link', { name: 'Compare 3' }).click()
    await page.getByRole('heading', { level: 1, name: '3 versions compared' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('can be taken away as files, and say plainly why they cannot be compared', async () => {
    const { page } = await suite.openPage([/400|404/])
    const file = async (format: string) => (await page.request.get(`${address.replace('?', '/export?')}&format=${format}`)).text()
    expect(JSON.parse(await file('json'))).toMatchObject({ schema: 'touchstone.comparison-many/1', pairs: [{}, {}, {}] })
    expect(await file('markdown')).toContain('| v1 → v2 | better |')
    expect((await file('csv')).trim().split('\n')).toHaveLength(4)
    await page.goto('/compare-many?replays=community-hate@1')
    await page.getByText('Only one replay is chosen.').waitFor()
    await page.getByRole('link', { name: 'Choose replays' }).waitFor()
    await page.goto(`${address}&margin=7`)
    await page.getByText(/margin: must be below 1/).waitFor()
  })

  test('can be read by everybody, light, dark and on a tablet', async () => {
    for (const options of [{}, { colorScheme: 'dark' as const }, { viewport: { width: 820, height: 900 } }]) {
      await suite.renewContext(options)
      const { page } = await suite.openPage()
      await page.goto(address)
      await page.getByRole('link', { name: /^v2 against v1/ }).waitFor()
      await expectAccessible(page)
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    }
  })
})
