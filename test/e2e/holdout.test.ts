import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

const golden = '/policies/community-hate/golden/edge-cases'

describeInBrowser('the sealed holdout', () => {
  const suite = useBrowserSuite()

  test('is drawn, shown to nobody in passing, and opened with a reason on record; the change is readable', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto(`${golden}/health`)
    await page.getByRole('button', { name: 'Divide' }).click()
    await page.getByText('duplicates kept on one side').waitFor()
    await expectAccessible(page)

    await page.goto(`${golden}?is.split=holdout`)
    await page.getByText('more in the sealed holdout').waitFor()
    await page.getByText('No case is like that').waitFor()
    await expectAccessible(page)

    await page.getByRole('link', { name: 'Look…' }).click()
    await page.getByLabel('Why look into the holdout?').fill('Audit of the release')
    await page.keyboard.press('Enter')
    await page.getByText('is open to you until').waitFor()
    expect(await page.getByRole('row').count()).toBeGreaterThan(1)

    await page.goto(`${golden}/health`)
    const looks = page.getByRole('table', { name: 'Looks into the holdout' })
    expect(await looks.innerText()).toContain('Audit of the release')
    await page.getByRole('button', { name: 'Seal it again' }).click()
    await page.getByLabel('Why look into the holdout?').waitFor()
    await page.goto(`${golden}?is.split=holdout`)
    await page.getByText('No case is like that').waitFor()

    await page.goto(`${golden}/revisions?from=1&to=2`)
    await page.getByText('Cases of the sealed holdout are not listed here.').waitFor()
    expect(await page.getByText('split', { exact: true }).count()).toBeGreaterThan(0)
    await expectAccessible(page)
    expect(complaints).toEqual([])
  })
})
