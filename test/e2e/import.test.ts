import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser, expectAccessible } from './support/browser'
import { useBrowserSuite } from './support/suite'

const importPath = '/policies/community-hate/import'
/** As people lay it out: a title and a blank line above the headings, and names that are not ours. */
const sheet = [
  'Moderation export,,,',
  ',,,',
  'Post Text,Gold Label,Lang,Row Id',
  'You people are all the same,hateful,en-GB,a1',
  '"=HYPERLINK(""http://example.test"")",non-hateful,en-GB,a2',
  'مرحبا بكم جميعا,non-hateful,ar,a3',
]

describeInBrowser('the import', () => {
  const suite = useBrowserSuite({ appFor: 'all tests' })

  const upload = async (page: Page, name: string, lines: string[]) => {
    await page
      .getByLabel('Drop a file here, or choose one')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) })
    await page.getByRole('button', { name: 'Check' }).waitFor()
  }
  const open = async (path = importPath, allow: RegExp[] = []) => {
    const opened = await suite.openPage(allow)
    await opened.page.goto(path)
    await opened.page.getByRole('heading', { level: 1, name: 'Import cases' }).waitFor()
    await opened.page.waitForFunction(() => document.readyState === 'complete' && '__remixRouter' in window)
    return opened
  }

  test('maps a table as people lay it out, says what it will do, and only then writes', async () => {
    const { page, complaints } = await open(`${importPath}?golden=from-a-sheet`)
    await upload(page, 'Export of May.csv', sheet)
    await page.getByLabel('What the column Post Text is').selectOption('content')
    await page.getByLabel('What the column Row Id is').selectOption('id')
    expect(await page.getByLabel('What the column Gold Label is').inputValue()).toBe('expected')
    expect(await page.getByLabel('hateful', { exact: true }).inputValue()).toBe('violates')
    expect(await page.getByLabel('non-hateful', { exact: true }).inputValue()).toBe('allowed')
    await expectAccessible(page)
    const importButton = page.getByRole('button', { name: 'Import', exact: true })
    expect(await importButton.isDisabled()).toBe(true)

    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('violates: 1 · allowed: 2').waitFor()
    expect((await page.request.get('/policies/community-hate/golden/from-a-sheet')).status()).toBe(404)
    await page.getByLabel('Why').fill('Bring in the export of May')
    expect(await importButton.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => importButton.isEnabled()).toBe(true)
    await importButton.click()
    await page.getByRole('heading', { level: 1, name: 'from-a-sheet' }).waitFor()
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('4')
    await page.getByRole('button', { name: 'Revision 1' }).click()
    await page.getByText('Bring in the export of May').waitFor()
    expect(complaints).toEqual([])
  })

  test('refuses a file with problems as a whole, each with its line, or leaves the rows out', async () => {
    const { page, complaints } = await open(`${importPath}?golden=with-problems`)
    await upload(page, 'bad.csv', ['id,content,expected', 'a,first,violates', 'a,again,violates', 'b,,allowed', 'c,third,perhaps'])
    await page.getByRole('button', { name: 'Check' }).click()
    const problems = page.getByRole('table', { name: 'Problems of the file' })
    await problems.waitFor()
    for (const line of ['3', '4', '5']) await problems.getByRole('cell', { name: line, exact: true }).waitFor()
    expect(await problems.innerText()).not.toContain('--')
    await page.getByLabel('Leave out rows with problems').check()
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('violates: 1', { exact: true }).waitFor()
    expect(complaints).toEqual([])
  })

  test('takes lines of our own format without a mapping', async () => {
    const { page, complaints } = await open(`${importPath}?golden=own-lines`)
    await upload(page, 'cases.jsonl', ['{"id":"x","content":"hello","expected":{"label":"allowed"}}', '{"id":"y","content":"there"}'])
    await page.getByText('there is nothing to map').waitFor()
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('allowed: 1 · unlabelled: 1').waitFor()
    expect(complaints).toEqual([])
  })

  test('saves a mapping as a file, and reads the next file by it', async () => {
    const { page, complaints } = await open(`${importPath}?golden=weekly`, [/400/])
    const lines = (...rows: string[]) => ['Nr,Message,Words,Decision', ...rows]
    const chooseMapping = (name: string, text: string) =>
      page.getByLabel('Use a saved mapping').setInputFiles({ name, mimeType: 'application/yaml', buffer: Buffer.from(text) })
    await upload(page, 'may.csv', lines('1,You people,a,Binned', '2,Hello,b,Stays'))
    await page.getByLabel('What the column Message is').selectOption('note')
    await page.getByLabel('What the column Words is').selectOption('content')
    await page.getByLabel('What the column Decision is').selectOption('expected')
    await page.getByLabel('Binned', { exact: true }).selectOption('violates')
    await page.getByLabel('Stays', { exact: true }).selectOption('allowed')
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save this mapping' }).press('Enter')
    const file = await saving
    expect(file.suggestedFilename()).toBe('may.mapping.yaml')
    const text = await readFile(await file.path(), 'utf8')
    expect(text).toContain('schema: touchstone.mapping/1')

    await page.getByLabel('Another file').setInputFiles({
      name: 'june.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`${lines('3,Go away,c,Binned', '4,Good day,d,Stays').join('\n')}\n`),
    })
    await page.getByText('june.csv ·').waitFor()
    await page.getByLabel('Why').fill('The cases of June')
    await chooseMapping('broken.yaml', text.replace('content: Words', 'contents: Words'))
    await page
      .getByRole('alert')
      .getByText(/broken\.yaml:\d+: .*"contents" is not a part of a case/)
      .waitFor()
    await chooseMapping('weekly.mapping.yaml', text)
    await page.getByText('Read as the saved mapping weekly.mapping.yaml says').waitFor()
    expect(await page.getByLabel('What the column Words is').inputValue()).toBe('content')
    expect(await page.getByLabel('What the column Message is').inputValue()).toBe('note')
    expect(await page.getByLabel('Binned', { exact: true }).inputValue()).toBe('violates')
    expect(await page.getByLabel('Why').inputValue()).toBe('The cases of June')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('violates: 1 · allowed: 1').waitFor()

    await page.getByRole('button', { name: 'Back to what was found' }).click()
    await expect.poll(() => page.getByLabel('What the column Words is').inputValue()).not.toBe('content')
    expect(await page.getByLabel('Why').inputValue()).toBe('The cases of June')

    await chooseMapping('weekly.mapping.yaml', text)
    await page.getByText('Read as the saved mapping weekly.mapping.yaml says').waitFor()
    await page.getByRole('button', { name: 'Check' }).click()
    const importButton = page.getByRole('button', { name: 'Import', exact: true })
    await expect.poll(() => importButton.isEnabled()).toBe(true)
    await importButton.click()
    await page.getByRole('heading', { level: 1, name: 'weekly' }).waitFor()
    await page.goto(importPath)
    await page.waitForFunction(() => document.readyState === 'complete' && '__remixRouter' in window)
    await upload(page, 'july.csv', lines('5,Get lost,e,Binned'))
    await page.getByText('A file with these columns was imported before').waitFor()
    expect(await page.getByLabel('What the column Words is').inputValue()).toBe('content')
    await page.getByRole('button', { name: 'Back to what was found' }).press('Enter')
    await expect.poll(() => page.getByLabel('What the column Words is').inputValue()).not.toBe('content')
    expect(await page.getByText('A file with these columns was imported before').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('says what a file is that cannot be read, and forgets what it does not know', async () => {
    const { page } = await open()
    await page
      .getByLabel('Drop a file here, or choose one')
      .setInputFiles({ name: 'cases.csv', mimeType: 'text/csv', buffer: Buffer.from('<!doctype html><html><body>Sign in</body></html>') })
    await page.getByText(/the file is a web page, not a table of cases/).waitFor()
    expect((await page.request.get(`${importPath}?upload=../../etc/passwd`)).status()).toBe(404)
    expect(
      (
        await page.request.post(`${importPath}/upload?name=x.csv`, { data: '', headers: { 'Content-Type': 'application/octet-stream' } })
      ).status(),
    ).toBe(400)
  })
})
