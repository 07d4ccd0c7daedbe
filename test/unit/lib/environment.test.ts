import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ensureDataFolder, readEnvironment } from '~/lib/environment'
import { TouchstoneError } from '~/lib/errors'

function refusal(work: () => unknown): TouchstoneError {
  try {
    work()
  } catch (error) {
    if (error instanceof TouchstoneError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('readEnvironment', () => {
  test('has a default for everything, and takes an empty variable for an unset one', () => {
    const environment = readEnvironment({ PORT: '', OPENAI_API_KEY: '' }, '/project')
    expect(environment).toEqual({
      databaseUrl: 'file:/project/data/touchstone.db',
      dataFolder: '/project/data',
      openaiApiKey: null,
      openaiBaseUrl: null,
      maxCostUsd: null,
      allowedHosts: [],
      host: '127.0.0.1',
      port: 3000,
    })
  })

  test.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['OPENAI_BASE_URL', 'ftp://models'],
    ['DATABASE_URL', 'postgres://host/db'],
    ['HOST', 'no such host'],
  ])('names %s=%s and refuses it', (name, value) => {
    const error = refusal(() => readEnvironment({ [name]: value }, '/project'))
    expect(error.code).toBe('configuration')
    expect(error.message).toContain(`${name}=${JSON.stringify(value)}`)
  })

  test('refuses a key with a line break without showing it', () => {
    const error = refusal(() => readEnvironment({ OPENAI_API_KEY: 'sk-secret\nX-Injected: 1' }, '/project'))
    expect(error.message).toContain('OPENAI_API_KEY')
    expect(error.message).not.toContain('secret')
  })

  test('names all bad variables at once', () => {
    const error = refusal(() => readEnvironment({ PORT: '-1', DATABASE_URL: 'x' }, '/project'))
    expect(error.message).toMatch(/PORT.*DATABASE_URL|DATABASE_URL.*PORT/)
  })
})

describe('ensureDataFolder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-data-'))

  test('makes the folders that are missing', () => {
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    ensureDataFolder(join(folder, 'a', 'b'))
    writeFileSync(join(folder, 'a', 'b', 'file'), '')
    expect(refusal(() => ensureDataFolder(join(folder, 'a', 'b', 'file', 'c'))).message).toContain('cannot be written')
  })

  test.runIf(process.platform === 'linux')('says so where no folder can be made, instead of trying for ever', () => {
    expect(refusal(() => ensureDataFolder('/proc/touchstone/data')).code).toBe('storage')
  })
})
