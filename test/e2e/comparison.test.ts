import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

const comparisonPath = '/compare/community-hate@1/community-hate@2'

/** Nothing here changes the workspace, so that one app serves every test. */
describeInBrowser('the comparison page', () => {
  const suite = useBrowserSuite({ appFor: 'all tests', acceptDownloads: true })

  const open = async (path = comparisonPath, allow: RegExp[] = []) => {
    const opened = await suite.openPage(allow)
    await opened.page.goto(path)
    await opened.page.getByRole('heading', { level: 1 }).waitFor()
    await hydrated(opened.page)
    return opened
  }
  const hydrated = (page: Page) => page.waitForFunction(() => '__remixManifest' in window && document.readyState === 'complete')
  const search = (page: Page) => new URL(page.url()).searchParams
  /** The case that is read now. */
  const chosen = (page: Page) => page.getByRole('article', { name: /^Case / }).getAttribute('aria-label')
  const countShown = async (page: Page) => {
    const text = await page
      .getByRole('tabpanel', { name: /^Flips/ })
      .getByRole('status')
      .first()
      .innerText()
    return Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''))
  }

  test('says first whether the version may go out, with the evidence and where it comes from', async () => {
    const { page, complaints } = await open()
    const verdict = page.getByRole('region', { name: 'Verdict' })
    await verdict.getByText(/^v2 is .* than v1: \d+ fixed, \d+ regressed, [+−]\d+\.\d points, 95% CI/).waitFor()
    await verdict.getByText('rehearsal', { exact: true }).waitFor()
    await verdict.getByText(/replay both versions with a model/).waitFor()
    await page.getByText(/no figure here is that of a language model/).waitFor()
    expect(complaints).toEqual([])
  })

  test('leads from a cell of the confusion matrix to its cases', async () => {
    const { page, complaints } = await open(`${comparisonPath}?view=figures`)
    const cell = page.getByRole('link', { name: /^expected allowed, answered violates: [1-9]/ }).first()
    const count = Number(/: (\d+)/.exec((await cell.getAttribute('aria-label')) ?? '')?.[1])
    await cell.click()
    await page.getByRole('article', { name: /^Case / }).waitFor()
    expect(search(page).get('expected')).toBe('allowed')
    expect(search(page).get('before')).toBe('violates')
    await expect.poll(() => countShown(page)).toBe(count)
    expect(complaints).toEqual([])
  })

  test('steps through the flips by keyboard alone, keeps the place in the address, and shows content only when asked', async () => {
    const { page, complaints } = await open()
    const first = await chosen(page)
    await page.keyboard.press('j')
    await expect.poll(() => chosen(page)).not.toBe(first)
    const second = await chosen(page)
    await expect.poll(() => search(page).get('case')).toBe(second?.replace('Case ', ''))
    await page.keyboard.press('k')
    await expect.poll(() => chosen(page)).toBe(first)

    const reader = page.getByRole('article', { name: /^Case / })
    await reader.getByRole('button', { name: 'Show content' }).waitFor()
    await page.keyboard.press('s')
    await reader.getByRole('button', { name: 'Show content' }).waitFor({ state: 'detached' })
    await page.keyboard.press('j')
    await reader.getByRole('button', { name: 'Show content' }).waitFor()

    await page.reload()
    await expect.poll(() => chosen(page)).toBe(second)
    await page.getByRole('grid', { name: /^Flips/ }).focus()
    await page.keyboard.press('End')
    await expect.poll(() => chosen(page)).not.toBe(second)
    expect(complaints).toEqual([])
  })

  test('groups flips by what was edited, and shows the changed lines beside a flip', async () => {
    const { page, complaints } = await open()
    const lines = page.getByRole('region', { name: 'Changed lines' })
    await lines.getByText('added:').first().waitFor()
    await page.getByRole('button', { name: 'Group by edit' }).click()
    const edits = page.getByRole('region', { name: 'Flips by edit' })
    const fixed = edits
      .getByRole('listitem')
      .first()
      .getByRole('button', { name: /\d+ fixed$/ })
    const count = Number(/(\d+) fixed/.exec((await fixed.innerText()).replace(/\s+/g, ' '))?.[1])
    await fixed.click()
    expect(search(page).getAll('rules').length).toBeGreaterThan(0)
    await expect.poll(() => countShown(page)).toBe(count)
    await page.reload()
    await edits.waitFor()
    await expect.poll(() => countShown(page)).toBe(count)
    expect(complaints).toEqual([])
  })

  test('combines conditions, each of which can be taken away', async () => {
    const { page, complaints } = await open()
    const all = await countShown(page)
    await page.getByRole('button', { name: /regressed \d+/ }).click()
    await expect.poll(() => search(page).get('flip')).toBe('fixed')
    await page.getByRole('button', { name: /^every case/ }).click()
    await expect.poll(() => countShown(page)).toBeGreaterThan(all)
    await page.getByLabel('Expected label').selectOption('allowed')
    await page.getByLabel('What v2 said').selectOption('violates')
    await expect.poll(() => search(page).get('after')).toBe('violates')
    await expect.poll(() => countShown(page)).toBeLessThan(all)
    const narrowed = await countShown(page)
    await page.getByRole('button', { name: /^v2 said: violates/ }).click()
    await expect.poll(() => countShown(page)).toBeGreaterThan(narrowed)
    await page.getByRole('searchbox', { name: 'Search content, ids and notes' }).fill('no case says this')
    await page.getByText('No case is like that').waitFor()
    await page.getByRole('button', { name: 'Show every case' }).click()
    await expect.poll(() => countShown(page)).toBeGreaterThan(all)
    expect(complaints).toEqual([])
  })

  test('draws slices with the table behind them, each leading to its flips', async () => {
    const { page, complaints } = await open(`${comparisonPath}?view=slices`)
    await page.getByRole('img', { name: /^Difference in accuracy with interval/ }).waitFor()
    const table = page.getByRole('table', { name: /^Slices/ })
    const rule = (await table.getByRole('rowheader').first().getByRole('link').innerText()).trim()
    await table.getByRole('link', { name: rule, exact: true }).click()
    await page.getByRole('grid', { name: /^Flips/ }).waitFor()
    expect(search(page).get('rule')).toBe(rule)
    await page.goto(`${comparisonPath}?view=slices`)
    await page.getByLabel('Slice by').selectOption('tag')
    await page.getByRole('columnheader', { name: 'tag', exact: true }).waitFor()
    expect(search(page).get('by')).toBe('tag')
    expect(complaints).toEqual([])
  })

  test('shows the two texts and what differs', async () => {
    const { page, complaints } = await open()
    await page.getByRole('tab', { name: 'Prompt diff' }).click()
    await page.getByText('v1, the baseline').waitFor()
    await page.locator('.monaco-diff-editor .view-line').first().waitFor()
    expect(search(page).get('view')).toBe('prompts')
    expect(complaints).toEqual([])
  })

  test('hands out what is shown as a file that no spreadsheet runs', async () => {
    const { page } = await open()
    await page.getByRole('button', { name: 'Export' }).click()
    const saved = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'These cases as CSV' }).click()
    expect((await saved).suggestedFilename()).toMatch(/^flips-.*\.csv$/)
    const csv = await (await page.request.get(`${comparisonPath}/export?format=csv&flip=regressed`)).text()
    const [header, ...lines] = csv.trim().split('\n')
    expect(header).toContain('case,flip,expected')
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line).not.toMatch(/(^|,)"?[=+@]/)
    const json = (await (await page.request.get(`${comparisonPath}/export?format=json&flip=regressed`)).json()) as {
      cases: Array<{ flip: string }>
    }
    expect(new Set(json.cases.map((entry) => entry.flip))).toEqual(new Set(['regressed']))
    expect((await page.request.get(`${comparisonPath}/export?format=exe`)).status()).toBe(400)
    for (const [table, header] of [
      ['slices', 'by,value,n'],
      ['figures', 'figure,baseline,candidate'],
      ['confusion', 'expected,answered'],
      ['rules', 'rule,n,fixed'],
    ])
      expect(await (await page.request.get(`${comparisonPath}/export?table=${table}&format=csv`)).text()).toContain(header)
    expect((await page.request.get(`${comparisonPath}/export?table=all&format=csv`)).status()).toBe(400)
  })

  test('says plainly what cannot be compared, and the way out', async () => {
    const { page } = await open('/compare/community-hate@1/in-game-chat@1', [/422|409|404/])
    await page.getByRole('alert').waitFor()
    await page.getByRole('link', { name: 'Choose replays' }).click()
    await page.getByRole('heading', { level: 1, name: 'Replays' }).waitFor()
    await page.goto(`${comparisonPath}?margin=2`)
    expect(await page.getByRole('alert').innerText()).toContain('margin')
    expect((await page.request.get('/compare/nothing/at-all/flips')).status()).toBe(404)
  })

  test('is reached from the list of replays by choosing two', async () => {
    const { page, complaints } = await open('/replays?policy=community-hate')
    await page.getByRole('checkbox', { name: /v2 to compare$/ }).check()
    await page.getByRole('checkbox', { name: /v1 to compare$/ }).check()
    await page.getByText('Baseline v1, candidate v2').waitFor()
    await page.getByRole('link', { name: 'Compare' }).click()
    await page.getByRole('heading', { level: 1, name: 'v2 against v1' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('opens every trial of a replay from its figures', async () => {
    const { page, complaints } = await open('/replays?policy=community-hate')
    await page.getByRole('link', { name: /v1$/ }).first().click()
    const cell = page.getByRole('link', { name: /^expected violates, answered allowed: [1-9]/ })
    const count = /: (\d+)/.exec((await cell.getAttribute('aria-label')) ?? '')?.[1]
    await cell.click()
    await page.getByText(`${count} trials`, { exact: true }).waitFor()
    await page.getByRole('grid', { name: 'Trials' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const sheet = page.getByRole('dialog')
    await sheet.getByRole('button', { name: 'Show content' }).click()
    await sheet.getByRole('button', { name: 'Show content' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  for (const scheme of ['light', 'dark'] as const)
    test(`has no serious accessibility violation, ${scheme}`, async () => {
      await suite.renewContext({ colorScheme: scheme })
      const { page } = await open()
      await page.getByRole('article', { name: /^Case / }).waitFor()
      await expectAccessible(page)
      for (const view of ['slices', 'figures', 'prompts']) {
        await page.goto(`${comparisonPath}?view=${view}`)
        await page.getByRole('tabpanel').waitFor()
        if (view === 'slices') await page.getByRole('img', { name: /^Difference/ }).waitFor()
        if (view === 'prompts') await page.locator('.monaco-diff-editor .view-line').first().waitFor()
        await expectAccessible(page)
      }
      await page.goto('/replays')
      await page.getByRole('checkbox').first().check()
      await expectAccessible(page)
      await page.getByRole('row').getByRole('link').first().click()
      await page.getByRole('grid', { name: 'Trials' }).getByRole('row').nth(3).waitFor()
      await expectAccessible(page)
    })

  test('fits a tablet without scrolling sideways', async () => {
    await suite.renewContext({ viewport: { width: 820, height: 900 } })
    for (const path of [comparisonPath, `${comparisonPath}?view=slices`, `${comparisonPath}?view=figures`, '/replays']) {
      const { page } = await open(path)
      const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      expect({ path, overflowPx }).toEqual({ path, overflowPx: 0 })
    }
  })
})
