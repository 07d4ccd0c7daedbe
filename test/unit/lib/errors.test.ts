import { expect, test, vi } from 'vitest'
import { TouchstoneError } from '~/lib/errors'
import { toErrorResponse } from '~/lib/http-status'

test('an error of another bundle, which has its own class, is recognised and gets its status', async () => {
  vi.resetModules()
  const other = await import('~/lib/errors')
  expect(other.TouchstoneError).not.toBe(TouchstoneError)
  const error = new other.TouchstoneError('not-found', 'There is no policy "x".', 'Choose another.')
  expect(error).toBeInstanceOf(TouchstoneError)
  const response = toErrorResponse(error)
  expect(response.status).toBe(404)
  expect(await response.json()).toEqual({ code: 'not-found', message: 'There is no policy "x".', advice: 'Choose another.' })
})

test('other errors are none', () => {
  for (const value of [new Error('x'), Object.assign(new Error('x'), { code: 'ENOENT' }), null, { name: 'TouchstoneError', code: 'x' }])
    expect(value).not.toBeInstanceOf(TouchstoneError)
})
