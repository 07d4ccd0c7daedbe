const cookieName = 'touchstone-looks'
/** Older ones are over. */
const keptLooks = 12

/** Ids of the looks into holdouts that a browser holds, from its Cookie header. */
export function readLookIds(header: string | null | undefined): string[] {
  const value = new RegExp(`(?:^|;\\s*)${cookieName}=([0-9a-z.]*)`).exec(header ?? '')?.[1] ?? ''
  return value.split('.').filter((id) => id !== '')
}

/** A Set-Cookie header with these looks; none of them takes the cookie away. */
export function writeLookIds(lookIds: readonly string[], durationMs: number): string {
  const seconds = lookIds.length > 0 ? Math.round(durationMs / 1000) : 0
  return `${cookieName}=${lookIds.slice(-keptLooks).join('.')}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`
}
