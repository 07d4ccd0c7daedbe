import { userInfo } from 'node:os'

/** Who makes revisions and versions from the command line: TOUCHSTONE_AUTHOR, else the name of the system's user. */
export function readAuthor(environment: Record<string, string | undefined>): string {
  const stated = environment.TOUCHSTONE_AUTHOR?.trim()
  if (stated) return stated.slice(0, 100)
  try {
    return userInfo().username || 'command line'
  } catch {
    // A container may run under a user id that has no name.
    return 'command line'
  }
}
