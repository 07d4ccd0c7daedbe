import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { importFile } from '~/services/import-file'
import { receiveMapping } from '~/services/import-mapping'
import { readSavedMapping, savedMappingOf } from '~/services/import-options'
import { importUpload, previewUpload } from '~/services/import-page'
import { saveUploadMapping, type UploadReadingRequest } from '~/services/import-reading'
import { findUpload, receiveUpload } from '~/services/import-upload'
import { createTestWorkspace } from '../../support/database'

const may = 'Case No,Message,Decision,Hate\n1,You people,Remove,1\n2,Hello,Keep,\n'
const june = 'Case No,Message,Decision,Hate\n3,Go away,Remove,1\n4,Good day,Keep,\n5,Perhaps,Unsure,\n'
const weekly = [
  'schema: touchstone.mapping/1',
  'preset: none',
  'columns:',
  '  id: Case No',
  '  content: message',
  '  expected: Decision',
  '  rule.H2: Hate',
  'labels:',
  '  Remove: violates',
  '  Keep: allowed',
  '  Unsure: ""',
  'blankIsNo: true',
  'reading:',
  '  delimiter: ","',
].join('\n')

const stream = (text: string) => new Blob([text]).stream()
const uploaded = async (name: string, text: string) => (await receiveUpload(name, stream(text))).id

/** What the form of the page sends when a person changes nothing in it. */
const formOf = (uploadId: string, mappingId?: string): UploadReadingRequest => ({
  uploadId,
  policySlug: 'chat',
  columns: ['Case No', 'Message', 'Decision', 'Hate'],
  mapping: ['id=Case No', 'content=Message', 'expected=Decision', 'rule.H2=Hate'],
  labels: ['Remove=violates', 'Keep=allowed', 'Unsure='],
  positive: [],
  blankIsNo: true,
  guessLabels: false,
  ...(mappingId === undefined ? {} : { savedMappingId: mappingId }),
  reading: { delimiter: ',' },
})

test('a saved mapping fills the lists of the page, with the names that the file has', async () => {
  const file = await uploaded('june.csv', june)
  const { id, name, reading } = await receiveMapping('weekly.mapping.yaml', stream(weekly))
  expect({ name, reading }).toEqual({ name: 'weekly.mapping.yaml', reading: { delimiter: ',' } })
  expect(await previewUpload(file, reading, defaultVerdictScheme, { id })).toMatchObject({
    preset: '',
    guess: { 'Case No': 'id', Message: 'content', Decision: 'expected', Hate: 'rule.H2' },
    labels: { Remove: 'violates', Keep: 'allowed', Unsure: '' },
    blankIsNo: true,
    guessLabels: false,
    saved: { id, name, problems: [] },
  })
})

test('what in a mapping does not fit the file is said with its line, and the rest is used', async () => {
  const file = await uploaded('other.csv', 'Case No,Text,Decision\n1,You people,Remove\n')
  const mapping = await receiveMapping('weekly.mapping.yaml', stream(weekly.replace('Keep: allowed', 'Keep: fine')))
  const { guess, saved } = await previewUpload(file, {}, defaultVerdictScheme, mapping)
  expect(guess).toEqual({ 'Case No': 'id', Decision: 'expected' })
  expect(saved?.problems.map(({ file: from, line, value }) => [from, line, value])).toEqual([
    ['weekly.mapping.yaml', 5, 'message'],
    ['weekly.mapping.yaml', 7, 'Hate'],
    ['weekly.mapping.yaml', 10, 'Keep'],
  ])
})

test.each([
  ['schema: touchstone.mapping/1\ncolumns:\n  contents: Text\n', /^m\.yaml:2: .*"contents" is not a part of a case/],
  ['schema: touchstone.mapping/1\ncolumns: [\n', /^m\.yaml:\d+: not YAML/],
  ['schema: touchstone.mapping/1\nreading:\n  delimiter: "::"\n', /^m\.yaml:3: reading\.delimiter: "::" cannot be a delimiter/],
  ['schema: touchstone.mapping/1\npreset: hatechek\n', /^m\.yaml:2: preset: There is no preset "hatechek"/],
  ['schema: touchstone.mapping/1\npreset: argilla\ncolumns:\n  content: Text\n', /^m\.yaml:3: the layout "argilla" knows its columns/],
  ['id,content\n1,hello\n', /^m\.yaml:1: the file is "id,content 1,hello"/],
])('a mapping that cannot be used is refused with its line: %j', async (text, message) => {
  await expect(receiveMapping('m.yaml', stream(text))).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(message),
    advice: expect.stringContaining('choose it again'),
  })
})

test('the page saves what the command line saves', async () => {
  await using workspace = await createTestWorkspace()
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-mapping-'))
  try {
    const [file, mapping] = [join(folder, 'may.csv'), join(folder, 'weekly.yaml')]
    await writeFile(file, may)
    await writeFile(mapping, weekly.replace('content: message', 'content: Message'))
    const saved = await readSavedMapping(mapping)
    const { layout } = await importFile(workspace, {
      file,
      policySlug: 'chat',
      preset: 'none',
      mapping: saved.mapping,
      delimiter: ',',
      author: 'ana',
      dryRun: true,
    })
    const { name, text } = await saveUploadMapping(workspace, formOf(await uploaded('may.csv', may)))
    expect(name).toBe('may.mapping')
    expect(text).toBe(savedMappingOf(layout, { delimiter: ',' }))
    expect(text).not.toBe('')
    await writeFile(mapping, text)
    expect((await readSavedMapping(mapping)).mapping).toEqual(saved.mapping)
    expect(await readFile(mapping, 'utf8')).toContain('blankIsNo: true')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('rows with problems do not keep a mapping from being saved', async () => {
  await using workspace = await createTestWorkspace()
  const id = await uploaded('bad.csv', `${may}1,again,Remove,1\n6,What,Nonsense,0\n`)
  const { text } = await saveUploadMapping(workspace, formOf(id))
  expect(text).toContain('content: Message')
  expect((await findUpload(id)).name).toBe('bad.csv')
})

test('an import with a mapping that was saved reads the file as it says, also where the layout has no lists', async () => {
  await using workspace = await createTestWorkspace()
  const settings = { goldenName: 'weekly', mode: 'merge' as const, skipInvalid: false, dryRun: false, author: 'ana' }
  const mapping = await receiveMapping('weekly.mapping.yaml', stream(weekly))
  const imported = await importUpload(workspace, { ...formOf(await uploaded('june.csv', june), mapping.id), ...settings })
  expect(imported).toMatchObject({ status: 'imported', report: { added: 3, labels: { violates: 1, allowed: 1 }, unlabelled: 1 } })

  const suite = 'case_id,test_case,label_gold\n1,You people,hateful\n2,Hello,fine\n'
  const layout = await receiveMapping('suite.yaml', stream('schema: touchstone.mapping/1\npreset: hatecheck\nlabels:\n  fine: ""\n'))
  const request = { ...formOf(await uploaded('suite.csv', suite), layout.id), preset: 'hatecheck', mapping: [], labels: [], reading: {} }
  expect(await importUpload(workspace, { ...request, ...settings, goldenName: 'suite' })).toMatchObject({
    status: 'imported',
    report: { labels: { violates: 1 }, unlabelled: 1 },
  })
})

test('an import is remembered by its columns: the next file with the same ones is proposed its mapping', async () => {
  await using workspace = await createTestWorkspace()
  const recall = (columns: readonly string[]) => workspace.policies.importMapping('chat', columns)
  const preview = async (text: string) => await previewUpload(await uploaded('next.csv', text), {}, defaultVerdictScheme, { recall })
  const request = {
    ...formOf(await uploaded('may.csv', may)),
    mapping: ['id=Case No', 'note=Message', 'content=Hate', 'expected=Decision'],
    blankIsNo: false,
    goldenName: 'weekly',
    mode: 'merge' as const,
    skipInvalid: true,
    author: 'ana',
  }
  await importUpload(workspace, { ...request, dryRun: true })
  expect((await preview(june)).saved).toBeNull()

  await importUpload(workspace, { ...request, dryRun: false })
  expect(await preview(june)).toMatchObject({
    guess: { 'Case No': 'id', Message: 'note', Hate: 'content', Decision: 'expected' },
    labels: { Remove: 'violates', Keep: 'allowed', Unsure: '' },
    saved: { isRemembered: true, problems: [] },
  })
  expect((await preview(june.replace('Hate', 'Anger'))).saved).toBeNull()
  expect(await workspace.policies.importMapping('other', request.columns)).toBeNull()
  const guessed = await previewUpload(await uploaded('june.csv', june), {}, defaultVerdictScheme)
  expect(guessed).toMatchObject({ guess: { Message: 'content' }, saved: null })
})
