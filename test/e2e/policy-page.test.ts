import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

const policyPath = '/policies/community-hate'

describeInBrowser('the policy page', () => {
  const suite = useBrowserSuite({ viewport: { width: 1280, height: 800 } })

  const openPolicy = async (allow: RegExp[] = []) => {
    const opened = await suite.openPage(allow)
    await opened.page.goto(policyPath)
    await opened.page.getByRole('heading', { level: 1 }).waitFor()
    await opened.page.locator('.monaco-editor .view-line').first().waitFor()
    return opened
  }
  /** At the end of the draft, as a person types it. */
  const typeAtEnd = async (page: Page, text: string) => {
    await page.locator('.monaco-editor .view-lines').first().click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(text)
  }
  const saved = (page: Page) => page.getByText('Saved', { exact: true }).waitFor()
  const draftText = async (page: Page) => ((await (await page.request.get(`${policyPath}/draft`)).json()) as { text: string }).text

  test('the first page shows a real comparison and leads to the guided first run', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto('/')
    await page
      .getByRole('link', { name: /^(v\d+ is |Cannot tell yet)/ })
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'Try it' }).click()
    await page.getByRole('region', { name: 'First run' }).waitFor()
    expect(new URL(page.url()).pathname).toMatch(/^\/policies\//)
    const remembered = page.waitForResponse((response) => response.url().includes('/preferences'))
    await page.getByRole('button', { name: 'Close the guide' }).click()
    await remembered
    await page.getByRole('region', { name: 'First run' }).waitFor({ state: 'detached' })
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.getByRole('link', { name: 'Try it' }).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('edit, replay, see the flips, open the comparison', async () => {
    const { page, complaints } = await openPolicy()
    // The introduction and the heading of the first rule go.
    await page.locator('.monaco-editor .view-lines').first().click()
    await page.keyboard.press('Control+Home')
    for (let line = 0; line < 60; line++) await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Control+Enter')
    // At first the page shows how the newest version did; the sentence about the draft is new.
    const sentence = page.getByRole('link', { name: /the draft is.*points, 95% CI/i })
    await sentence.waitFor()
    const list = page.getByRole('list', { name: 'Flips, worst first' })
    const firstFlips = await list.getByRole('listitem').allTextContents()
    expect(firstFlips.length).toBeGreaterThan(0)
    // Worst first: what regressed stands before what was fixed.
    const kinds = firstFlips.map((text) => (text.includes('regressed:') ? 'regressed' : 'fixed'))
    expect(kinds).toEqual(kinds.toSorted().toReversed())
    await sentence.click()
    await page.waitForURL(/\/compare\//)
    await page.getByRole('heading', { level: 1 }).waitFor()

    // Coming back shows the same replay, without asking for it again.
    await page.goto(policyPath)
    await sentence.waitFor()
    expect(complaints).toEqual([])
  })

  test('content is blurred until it is asked for, and stays text', async () => {
    const { page } = await openPolicy()
    await page.locator('.monaco-editor .view-lines').first().click()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('Nothing is forbidden.')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('link', { name: /the draft is/i }).waitFor()
    const first = page.getByRole('list', { name: 'Flips, worst first' }).getByRole('listitem').first()
    await first.getByRole('button', { name: 'Show content' }).click()
    await first.getByRole('button', { name: 'Hide content' }).waitFor()
    const remembered = page.waitForResponse((response) => response.url().includes('/preferences'))
    await page.getByRole('button', { name: 'Content hidden' }).click()
    await remembered
    await page.getByRole('button', { name: 'Content shown' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Content shown' }).waitFor()
    expect(await page.getByRole('button', { name: 'Show content' }).count()).toBe(0)
  })

  test('a draft that was edited in two tabs: both texts are shown, nothing is overwritten', async () => {
    const first = await openPolicy([/409/])
    const second = await openPolicy([/409/])
    await typeAtEnd(second.page, '\nfrom the second tab')
    await saved(second.page)
    await expect.poll(() => draftText(second.page)).toContain('from the second tab')
    await typeAtEnd(first.page, '\nfrom the first tab')
    const dialog = first.page.getByRole('dialog', { name: 'The draft was changed in another tab' })
    await dialog.waitFor()
    await dialog.getByText('from the second tab').first().waitFor()
    await dialog.getByText('from the first tab').first().waitFor()
    expect(await draftText(first.page)).toContain('from the second tab')
    expect(await draftText(first.page)).not.toContain('from the first tab')
    await dialog.getByRole('button', { name: 'Keep your text' }).click()
    await saved(first.page)
    await expect.poll(() => draftText(first.page)).toContain('from the first tab')
    expect(first.complaints).toEqual([])
  })

  test('a save that fails is said and tried again', async () => {
    const { page } = await openPolicy([/ERR_|Failed to load/])
    await page.route('**/draft', (route) => route.abort())
    await typeAtEnd(page, '\nwritten offline')
    await page.getByText(/Not saved: The server cannot be reached/).waitFor()
    await page.unroute('**/draft')
    await saved(page)
    await expect.poll(() => draftText(page)).toContain('written offline')
  })

  test('a replay that is asked for while the draft is being saved reads every key, and makes no conflict of its own', async () => {
    const { page, complaints } = await openPolicy()
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let saves = 0
    await page.route('**/draft', async (route) => {
      if (route.request().method() === 'POST' && saves++ === 0) await held
      await route.continue()
    })
    const firstSave = page.waitForRequest((request) => request.url().endsWith('/draft') && request.method() === 'POST')
    await typeAtEnd(page, '\nfirst half')
    await firstSave
    await page.keyboard.type(' and second half')
    await page.keyboard.press('Control+Enter')
    release()
    await page.getByRole('link', { name: /the draft is/i }).waitFor()
    expect(await draftText(page)).toContain('first half and second half')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await page.getByText('The draft has changed since this replay').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('with the keyboard alone: edit, replay, make a version', async () => {
    const { page, complaints } = await suite.openPage()
    await page.goto(policyPath)
    await page.locator('.monaco-editor .view-line').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    // Tab goes through the page and into the editor, and out of it again.
    const inEditor = () => page.evaluate(() => document.activeElement?.closest('.monaco-editor') !== null)
    for (let presses = 0; presses < 80 && !(await inEditor()); presses++) await page.keyboard.press('Tab')
    expect(await inEditor()).toBe(true)
    await page.keyboard.press('Control+End')
    await page.keyboard.type('\nWords that are quoted to condemn them are allowed.')
    await page.keyboard.press('Tab')
    expect(await inEditor()).toBe(false)
    await page.keyboard.press('Control+Enter')
    await page.getByRole('link', { name: /the draft is/i }).waitFor()
    await page.keyboard.press('Control+s')
    const dialog = page.getByRole('dialog', { name: /^Make v\d+/ })
    await dialog.waitFor()
    const number = /\d+/.exec((await dialog.getByRole('heading').textContent()) ?? '')?.[0]
    await page.keyboard.type('Quoting to condemn is allowed')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: `v${number}`, exact: true }).waitFor()
    await page.getByText('Quoting to condemn is allowed').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Replay the draft').waitFor()
    await page.keyboard.press('Escape')
    expect(complaints).toEqual([])
  })

  test('a version can be opened, compared with the draft, and made production', async () => {
    const { page, complaints } = await openPolicy()
    await page.getByRole('link', { name: 'v1', exact: true }).click()
    await page.getByText('v1, read only').waitFor()
    await page.getByRole('button', { name: 'Compare with the draft' }).click()
    await page.waitForURL(/diff=1/)
    await page.locator('.monaco-diff-editor').waitFor()
    await page.getByRole('button', { name: 'Actions for v1' }).click()
    await page.keyboard.press('Escape')
    const current = page.getByRole('listitem').filter({ has: page.getByText('production', { exact: true }) })
    const before = await current.getByRole('link').first().textContent()
    const other = before === 'v1' ? 'v2' : 'v1'
    await page.getByRole('button', { name: `Actions for ${other}` }).click()
    await page.getByRole('menuitem', { name: 'Make it production…' }).click()
    await page.getByRole('button', { name: `Move the label to ${other}` }).click()
    await expect.poll(() => current.getByRole('link').first().textContent()).toBe(other)
    expect(complaints).toEqual([])
  })

  test('the plain field does everything that the editor does', async () => {
    const { page } = await openPolicy()
    const remembered = page.waitForResponse((response) => response.url().includes('/preferences'))
    await page.getByRole('button', { name: 'Use a plain text field' }).click()
    await remembered
    const field = page.getByRole('textbox', { name: 'Text of the draft' })
    await field.fill('Only a plain text.')
    await saved(page)
    await expect.poll(() => draftText(page)).toBe('Only a plain text.')
    await page.reload()
    await expect.poll(() => field.inputValue()).toBe('Only a plain text.')
  })

  test.each(['light', 'dark'] as const)('axe finds nothing serious in the %s theme', async (colorScheme) => {
    await suite.renewContext({ colorScheme, reducedMotion: 'reduce' })
    const { page } = await openPolicy()
    await typeAtEnd(page, '\nOne more sentence.')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('link', { name: /the draft is/i }).waitFor()
    await saved(page)
    await expectAccessible(page)
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').waitFor()
    await expectAccessible(page)
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expectAccessible(page)
  })

  test('an address that does not exist says what to do', async () => {
    const { page } = await suite.openPage([/404/])
    for (const path of ['/policies/nowhere', '/no/such/page']) {
      const response = await page.goto(path)
      expect(response?.status()).toBe(404)
      await page.getByRole('alert').waitFor()
      await page.getByRole('link', { name: 'Go to the policies' }).waitFor()
    }
  })
})
