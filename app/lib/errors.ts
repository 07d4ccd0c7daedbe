/** What kind of failure it was; http-status.ts and the command line map each to a status and an exit code in one place. */
export type TouchstoneErrorCode =
  'not-found' | 'invalid-input' | 'conflict' | 'sealed' | 'not-comparable' | 'unfinished' | 'provider' | 'configuration' | 'storage'

/**
 * A failure that is expected and that a person can do something about. `message` is one clear sentence with the value that was wrong;
 * `advice` says what to do next. Never holds a key or a case's content.
 */
export class TouchstoneError extends Error {
  override name = 'TouchstoneError'
  constructor(
    readonly code: TouchstoneErrorCode,
    message: string,
    readonly advice?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }

  /**
   * The web app and the server below it are bundled apart and each has this class, so that an error of one is no instance of the other's in
   * the usual sense. Its name and code make it one. Classes that extend it are told apart in the usual way.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== TouchstoneError) return super[Symbol.hasInstance](value)
    return value instanceof Error && value.name === 'TouchstoneError' && 'code' in value
  }
}
