import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { removeSeed, startApp, type RunningApp } from './support/app'
import { describeInBrowser, expectAccessible, launchBrowser, openPage } from './support/browser'

describeInBrowser('probes', () => {
  let app: RunningApp
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await removeSeed()
  })
  beforeEach(async () => {
    app = await startApp()
    context = await browser.newContext({ baseURL: app.url, viewport: { width: 1280, height: 900 }, colorScheme: 'dark' })
  })
  afterEach(async () => {
    await context.close()
    await app.close()
  })

  test('a case is probed with one key, its contrast pair is labelled, and a version is probed as a whole', async () => {
    const { page, complaints } = await openPage(context)
    await page.goto('/policies/community-hate/golden/edge-cases?case=CH-008')
    await page.getByRole('tab', { name: 'Case' }).waitFor()
    await page.keyboard.press('p')
    await page.getByText(/\d+ of 15 moved/).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Propose contrast pairs' }).click()
    await page.getByRole('link', { name: 'Label them' }).click()

    await page.getByRole('button', { name: 'Label …' }).first().click()
    await page.keyboard.press('2')
    await page.getByLabel('Why').fill('Reports the words')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Add to the golden set' }).click()
    await page.getByText('It is a case of the golden set now, in revision 2.', { exact: true }).waitFor()

    await page.getByLabel('Cases, drawn at random').fill('20')
    await page.getByRole('button', { name: 'Probe', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Robustness of v2' }).waitFor()
    await page.getByRole('table', { name: 'Robustness by transform' }).getByText('fake policy update', { exact: true }).waitFor()
    await page.getByText('20 of 154 cases').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' })
    await expectAccessible(page)
    await page.getByRole('link', { name: /^\d+$/ }).first().click()
    expect(new URL(page.url()).searchParams.get('kind')).toBe('variant')
    await page.getByRole('list', { name: 'Conditions of the filter' }).waitFor()
    expect(complaints).toEqual([])
  })
})
