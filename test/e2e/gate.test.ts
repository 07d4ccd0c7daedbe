import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

describeInBrowser('the gate of a policy', () => {
  const suite = useBrowserSuite()

  test('says while it is written what the replays of today would say, and keeps every gate that was set', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto('/compare/community-hate@1/community-hate@2')
    await page.getByRole('link', { name: 'Gate' }).click()
    await page.getByRole('heading', { level: 1, name: 'Gate' }).waitFor()
    await page.getByText('The gate passes').waitFor()

    await page.getByLabel('Accuracy, %').first().fill('99.5')
    await page.getByText('The gate fails').waitFor()
    await page.getByLabel('Accuracy, %').first().fill('most of them')
    await page.getByText('The gate is not complete.').waitFor()
    expect(await page.getByRole('button', { name: 'Save the gate' }).isDisabled()).toBe(true)
    await page.getByLabel('Accuracy, %').first().fill('')
    await page.getByRole('button', { name: 'Add a slice' }).click()
    await page.getByLabel('By (slice 1)').selectOption('rule')
    await page.getByLabel('Recall, at least, %').fill('90')
    await page.getByText('The gate fails').waitFor()
    await expectAccessible(page)

    await page.getByLabel('Why').fill('Every rule has to be found')
    await page.getByRole('button', { name: 'Save the gate' }).click()
    await page.getByText('The gate was saved.', { exact: true }).waitFor()
    await page.reload()
    await page.getByText('Every rule has to be found').waitFor()
    expect(await page.getByLabel('Recall, at least, %').inputValue()).toBe('90')
    await page.getByRole('button', { name: 'Remove slice 1' }).click()
    await page.getByText('The gate passes').waitFor()
    await page.getByLabel('Why').fill('One rule at a time')
    await page.getByRole('button', { name: 'Save the gate' }).click()
    await page.getByRole('button', { name: 'Take it into the form' }).click()
    expect(await page.getByLabel('Recall, at least, %').inputValue()).toBe('90')
    expect(complaints).toEqual([])
  })

  test('refuses conditions that are none', async () => {
    const { page } = await suite.openPage()
    const preview = (conditions: string) =>
      page.request.get(
        `${suite.url}/policies/community-hate/gate/preview?${new URLSearchParams({ baseline: 'x', candidate: 'y', conditions })}`,
      )
    expect((await preview('{"margin":2}')).status()).toBe(400)
    expect((await preview('not json')).status()).toBe(400)
    expect((await preview('{}')).status()).toBe(404)
  })
})
