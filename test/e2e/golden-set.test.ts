import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

const goldenPath = '/policies/community-hate/golden/edge-cases'

describeInBrowser('the golden set', () => {
  const suite = useBrowserSuite()

  const open = async (path = goldenPath, allow: RegExp[] = []) => {
    const opened = await suite.openPage(allow)
    await opened.page.goto(path)
    await table(opened.page).waitFor()
    return opened
  }
  const table = (page: Page) => page.getByRole('grid', { name: /^Cases of/ })
  const rows = (page: Page) =>
    table(page)
      .getByRole('row')
      .filter({ has: page.getByRole('gridcell') })
  const firstId = async (page: Page) => (await rows(page).first().getByRole('gridcell').first().innerText()).trim()
  const search = (page: Page) => new URL(page.url()).searchParams
  const count = async (page: Page) => Number(await table(page).getAttribute('aria-rowcount')) - 1
  /** The drawer on the case of the first row. */
  const openFirst = async (page: Page) => {
    await table(page).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Expected verdict').waitFor()
    return page.getByRole('dialog')
  }

  test('finds a case by conditions that combine, and keeps them in the address', async () => {
    const { page, complaints } = await open()
    const all = await count(page)
    await page.getByLabel('Tag', { exact: true }).selectOption('sarcasm')
    await expect.poll(() => count(page)).toBeLessThan(all)
    const tagged = await count(page)
    await page.getByLabel('Label', { exact: true }).selectOption('allowed')
    await expect.poll(() => count(page)).toBeLessThan(tagged)
    const narrowed = await count(page)
    await page.reload()
    await table(page).waitFor()
    expect(await count(page)).toBe(narrowed)
    await page.getByRole('button', { name: /^label: allowed/ }).click()
    await expect.poll(() => count(page)).toBe(tagged)
    await page.getByRole('button', { name: 'Clear all' }).click()
    await expect.poll(() => count(page)).toBe(all)

    const wanted = await firstId(page)
    await page.keyboard.press('/')
    await page.keyboard.type(wanted)
    await expect.poll(() => search(page).get('q')).toBe(wanted)
    await expect.poll(() => count(page)).toBe(1)
    expect(complaints).toEqual([])
  })

  test('opens a case by keyboard, shows its content when asked, goes on to the next and closes', async () => {
    const { page, complaints } = await open()
    const drawer = await openFirst(page)
    const first = search(page).get('case')
    await drawer.getByRole('button', { name: 'Show content' }).click()
    await drawer.getByRole('button', { name: 'Hide content' }).waitFor()
    await drawer.getByRole('tab', { name: /^Verdicts \([1-9]/ }).click()
    await drawer.getByRole('link', { name: 'v1' }).waitFor()
    await page.keyboard.press('j')
    await expect.poll(() => search(page).get('case')).not.toBe(first)
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    expect(search(page).get('case')).toBeNull()
    expect(complaints).toEqual([])
  })

  test('changes a case with a reason, keeps its history, and reopens the revision before', async () => {
    const { page, complaints } = await open()
    const drawer = await openFirst(page)
    const caseId = search(page).get('case') ?? ''
    await page.keyboard.press('e')
    await drawer.getByLabel('Tags').fill('looked-at-again')
    await drawer.getByLabel('Label', { exact: true }).selectOption('escalate')
    await drawer.getByLabel('Why').fill('Two of us read it again')
    await drawer.getByRole('button', { name: 'Save' }).click()
    await drawer.getByText('looked-at-again').waitFor()
    await drawer.getByRole('tab', { name: 'History (2)' }).click()
    await drawer.getByText('Two of us read it again').waitFor()
    await drawer.getByText('tag added: looked-at-again').waitFor()
    await drawer.getByText(/^label: .+ → escalate$/).waitFor()
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'Revision 2' }).click()
    await page.getByRole('dialog').getByText('1 relabelled').waitFor()
    await page.getByRole('link', { name: 'Revision 1' }).click()
    await page.getByText(/as it was; it cannot be changed/).waitFor()
    await page.goto(`${goldenPath}?revision=1&case=${encodeURIComponent(caseId)}`)
    await page.getByRole('dialog').getByText('Expected verdict').waitFor()
    expect(await page.getByRole('dialog').getByText('looked-at-again').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('says what is wrong with a form, warns before changes are lost, and adds a hostile case as plain text', async () => {
    const { page, complaints } = await open(goldenPath, [/status of 400/])
    await page.getByRole('button', { name: 'Add a case' }).click()
    const drawer = page.getByRole('dialog')
    const content = '<img src=x onerror="document.title=\'owned\'">\u202eevil'
    await drawer.getByLabel('Id', { exact: true }).fill('hostile-1')
    await drawer.getByLabel('Content').fill(content)
    await drawer.getByLabel('Locale').fill('english please')
    await drawer.getByLabel('Why').fill('A test of the instrument')
    await drawer.getByRole('button', { name: 'Save' }).click()
    await drawer.getByText('Write a language tag such as en-GB, or nothing.').waitFor()
    expect(await drawer.getByLabel('Content').inputValue()).toBe(content)

    await page.keyboard.press('Escape')
    await drawer.getByText('What you changed is not saved.').waitFor()
    await drawer.getByRole('button', { name: 'Keep editing' }).click()
    await drawer.getByLabel('Locale').fill('en-GB')
    await drawer.getByRole('button', { name: 'Save' }).click()
    await drawer.getByRole('button', { name: 'Show content' }).click()
    await drawer.getByText('<img src=x').waitFor()
    await drawer.getByTitle('U+202E right-to-left override').first().waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).not.toBe('owned')
    expect(complaints).toEqual([])
  })

  test('deletes a case only after it is confirmed, and keeps what was', async () => {
    const { page, complaints } = await open()
    const all = await count(page)
    await openFirst(page)
    const caseId = search(page).get('case') ?? ''
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete this case?' })
    await dialog.getByLabel('Why').fill('Says the same as another')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => count(page)).toBe(all - 1)
    await page.goto(`${goldenPath}?case=${encodeURIComponent(caseId)}`)
    await page.getByText('This case is not in this revision.').waitFor()
    await page.getByRole('tab', { name: 'History (2)' }).click()
    await page.getByText('Says the same as another').waitFor()
    expect(complaints).toEqual([])
  })

  test('hands out the set as a file, and refuses a format that there is not', async () => {
    const { page } = await open()
    const text = await (await page.request.get(`${goldenPath}/export?format=jsonl`)).text()
    expect(text.trim().split('\n')).toHaveLength(await count(page))
    expect((await page.request.get(`${goldenPath}/export?format=exe`)).status()).toBe(400)
    expect((await page.request.get('/policies/nothing/golden/edge-cases')).status()).toBe(404)
  })

  for (const scheme of ['light', 'dark'] as const)
    test(`has no serious accessibility violation, ${scheme}`, async () => {
      await suite.renewContext({ colorScheme: scheme })
      const { page } = await open(`${goldenPath}?is.tag=sarcasm`)
      await rows(page).first().waitFor()
      await expectAccessible(page)
      const drawer = await openFirst(page)
      await expectAccessible(page)
      await drawer.getByRole('tab', { name: /^History/ }).click()
      await expectAccessible(page)
      await drawer.getByRole('button', { name: 'Edit' }).click()
      await drawer.getByLabel('Tags').waitFor()
      await expectAccessible(page)
    })
})
