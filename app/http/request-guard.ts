import type { IncomingHttpHeaders } from 'node:http'

export type Refusal = { status: number; message: string }

const loopback = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i

/** Whether a host name or address, without its port, is this machine. */
export const isLoopback = (host: string): boolean => loopback.test(host)

/** `[::1]:3000` → `[::1]`; null where it is not a host with or without a port. */
const hostOf = (header: string): string | null => /^(\[[0-9a-f:.]+\]|[^:/?#\s@]+)(?::\d{1,5})?$/i.exec(header)?.[1]?.toLowerCase() ?? null

/**
 * Why a request is not answered; null: it is. A page of another site must not be able to start a replay, change a case or read one, be it by
 * a form, by a script, or by a name of its own that it points at this machine (DNS rebinding). `allowedHosts`: the names that the server is
 * called by; null where they cannot be known, because it listens on more than this machine and nobody named them.
 */
export function refuseRequest(
  { method, headers }: { method: string; headers: IncomingHttpHeaders },
  allowedHosts: ReadonlySet<string> | null,
): Refusal | null {
  const host = hostOf(headers.host ?? '')
  if (host === null) return { status: 400, message: 'This request names no host.' }
  if (allowedHosts !== null && !isLoopback(host) && !allowedHosts.has(host))
    return {
      status: 421,
      message:
        'This server is not known by the name of this request. Set ALLOWED_HOSTS to the names that it is reached by, separated by commas.',
    }
  if (method === 'GET' || method === 'HEAD') return null
  return comesFromHere(headers) ? null : { status: 403, message: 'This request came from another site and was refused.' }
}

function comesFromHere({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  if (origin === undefined) return true
  // Browsers hide the origin of a form on a page that sends no referrer, as ours do, and say beside it where it stood.
  if (origin === 'null') return site === 'same-origin'
  return URL.canParse(origin) && new URL(origin).host === host
}

/** The names that the server may be called by: what it was told, and the address that it listens on. */
export function allowedHostsOf(host: string, named: readonly string[]): ReadonlySet<string> | null {
  const own = host.toLowerCase()
  if (named.length === 0 && !isLoopback(own)) return null
  return new Set([own, ...named.map((name) => name.toLowerCase())])
}
