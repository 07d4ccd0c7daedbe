import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

const golden = '/policies/community-hate/golden/edge-cases'

describeInBrowser('what people say of labels and verdicts', () => {
  const suite = useBrowserSuite()

  const place = async (page: Page) => (await page.getByRole('navigation', { name: 'Queue' }).innerText()).replace(/\s+/g, ' ')

  test('a reviewer confirms one verdict and overturns the next without a mouse', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto('/policies/community-hate/review?queue=all')
    await page.getByText('decided', { exact: false }).first().waitFor()
    expect(await place(page)).toMatch(/^1 of \d+ 0 decided$/)
    await expectAccessible(page)

    await page.keyboard.press('c')
    await expect.poll(() => place(page)).toMatch(/^2 of \d+ 1 decided$/)

    await page.keyboard.press('o')
    const note = page.getByLabel('Why the model is wrong')
    await note.waitFor()
    await expectAccessible(page)
    // The note is required.
    await page.keyboard.press('Control+Enter')
    await page.getByText('Say why: the next reader will ask.').or(page.getByText('Choose the right label.')).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('1')
    await page.keyboard.press('n')
    await page.keyboard.type('It quotes a slur to condemn it.')
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => place(page)).toMatch(/^3 of \d+ 2 decided$/)

    await page.keyboard.press('k')
    await page.getByText('It quotes a slur to condemn it.').waitFor()
    await page.getByText('overturned', { exact: true }).waitFor()
    // The golden set has it as a revision with the reason.
    await page.goto(golden)
    await page.getByRole('button', { name: 'Revision 2' }).click()
    await page.getByText('It quotes a slur to condemn it.', { exact: false }).waitFor()
    expect(complaints).toEqual([])
  })

  test('the health of a set leads to its cases, and a contested verdict is settled blind', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto(golden)
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { name: 'Balance' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Show cases' }).first().click()
    const cases = page.getByRole('table', { name: /^Cases: / })
    await cases.waitFor()
    expect(await cases.getByRole('link').count()).toBeGreaterThan(0)

    await page.goto(`${golden}/labels?finding=always-wrong`)
    await page.getByRole('heading', { name: 'Your verdict' }).waitFor()
    await expectAccessible(page)
    expect(await page.getByText('What models said is shown once').count()).toBe(1)
    expect(await page.getByRole('heading', { name: 'What models said' }).count()).toBe(0)
    await page.keyboard.press('2')
    await page.keyboard.press('n')
    await page.keyboard.type('The rule names this as allowed.')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { name: 'What models said' }).waitFor()
    await page.getByText('Settled by you').waitFor()
    await page.goto(`${golden}/health`)
    await page.getByText('1 settled').first().waitFor()
    expect(complaints).toEqual([])
  })
})
