/**
 * Lets one writer of this process in at a time. SQLite has one writer anyway; two handles of one process that met there would block the
 * event loop in a busy wait, while here the second one waits asynchronously.
 */
export type WriteLock = {
  /** Runs `work` when all earlier work is done, and resolves or rejects as it does. */
  run<T>(work: () => T | Promise<T>): Promise<T>
}

export function createWriteLock(): WriteLock {
  let tail: Promise<unknown> = Promise.resolve()
  return {
    run<T>(work: () => T | Promise<T>): Promise<T> {
      const result = tail.then(work)
      // The next in line starts whether this one succeeded or not; its caller gets the failure from `result`.
      tail = result.then(
        () => undefined,
        () => undefined,
      )
      return result
    },
  }
}
