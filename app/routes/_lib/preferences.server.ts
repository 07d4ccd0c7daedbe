import { createCookie } from '@remix-run/node'
import { defaultPreferences, preferencesSchema, type Preferences } from '~/components/ui/preferences'

const cookie = createCookie('touchstone-preferences', { path: '/', sameSite: 'lax', httpOnly: true, maxAge: 60 * 60 * 24 * 365 })

/** What this browser's reader chose; the defaults where the cookie is missing or was tampered with. */
export async function readPreferences(request: Request): Promise<Preferences> {
  const stored: unknown = await cookie.parse(request.headers.get('Cookie'))
  const parsed = preferencesSchema.safeParse(stored)
  return parsed.success ? parsed.data : defaultPreferences
}

/** The value of a Set-Cookie header. */
export async function writePreferences(preferences: Preferences): Promise<string> {
  return cookie.serialize(preferences)
}
