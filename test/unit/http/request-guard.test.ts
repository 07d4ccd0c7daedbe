import { describe, expect, test } from 'vitest'
import { allowedHostsOf, refuseRequest } from '~/http/request-guard'

const local = allowedHostsOf('127.0.0.1', [])
const get = (headers: Record<string, string>, hosts = local) => refuseRequest({ method: 'GET', headers }, hosts)?.status ?? 200
const post = (headers: Record<string, string>, hosts = local) => refuseRequest({ method: 'POST', headers }, hosts)?.status ?? 200

describe('the name that a request calls the server by', () => {
  test.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST', 'app.localhost:3000', '127.0.0.1'])(
    '%s is this machine',
    (host) => {
      expect(get({ host })).toBe(200)
    },
  )
  test.each([
    'evil.example',
    'evil.example:3000',
    '127.0.0.1.evil.example',
    'localhost.evil.example:3000',
    '10.0.0.5:3000',
    '0.0.0.0:3000',
  ])('%s is not: a name of somebody else may point here', (host) => expect(get({ host })).toBe(421))
  test.each(['', 'a b', 'localhost:3000/x', 'user@localhost', '[::1'])('%j is no host', (host) => expect(get({ host })).toBe(400))
  test('names that the server was told count, with any port; nothing else does then', () => {
    const hosts = allowedHostsOf('0.0.0.0', ['Moderation.example'])
    expect(get({ host: 'moderation.example:8443' }, hosts)).toBe(200)
    expect(get({ host: 'other.example' }, hosts)).toBe(421)
  })
  test('a server that is open to more than this machine and was told no name cannot know', () => {
    expect(get({ host: 'workbench.internal:3000' }, allowedHostsOf('0.0.0.0', []))).toBe(200)
  })
})

describe('where a change comes from', () => {
  const host = 'localhost:3000'
  test.each([
    [{ host }],
    [{ host, origin: 'http://localhost:3000' }],
    [{ host, origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [{ host, origin: 'null', 'sec-fetch-site': 'same-origin' }],
    [{ host, 'sec-fetch-site': 'none' }],
  ])('%j is from here', (headers) => expect(post(headers)).toBe(200))
  test.each([
    [{ host, origin: 'http://evil.example' }],
    [{ host, origin: 'http://localhost:8080' }],
    [{ host, origin: 'null' }],
    [{ host, origin: 'not a url' }],
    [{ host, origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }],
    [{ host, 'sec-fetch-site': 'same-site' }],
    [{ host, origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ])('%j is refused', (headers) => expect(post(headers)).toBe(403))
  test('reading is not a change', () => expect(get({ host, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' })).toBe(200))
})
