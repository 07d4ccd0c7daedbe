import { TouchstoneError } from '../lib/errors'

/** What a failure of the operating system or of SQLite means to a person, by its code. */
const explanations: Array<{ codes: RegExp; message: (file: string) => string; advice: string }> = [
  {
    codes: /^SQLITE_NOTADB/,
    message: (file) => `${file} is not a SQLite database.`,
    advice: 'Move the file away, or set DATABASE_URL to another one.',
  },
  {
    codes: /^SQLITE_CORRUPT/,
    message: (file) => `${file} is damaged.`,
    advice: 'Restore it from a backup, or set DATABASE_URL to another file.',
  },
  {
    codes: /^(SQLITE_READONLY|SQLITE_CANTOPEN|EACCES|EPERM|EROFS|ENOTDIR|EISDIR|EEXIST|ENOENT)/,
    message: (file) => `The database ${file} cannot be written.`,
    advice: 'Give this user write access to the file and its folder, or set DATABASE_URL=file:/another/folder/touchstone.db.',
  },
  {
    codes: /^(SQLITE_FULL|ENOSPC)/,
    message: (file) => `The disk that holds ${file} is full.`,
    advice: 'Free some space and try again; nothing that was stored is lost.',
  },
  {
    codes: /^SQLITE_(BUSY|LOCKED)|^SocketTimeout/,
    message: (file) => `The database ${file} is locked by another process.`,
    advice: 'Wait for the other process to finish its work, or stop it, and try again.',
  },
  {
    codes: /^SQLITE_IOERR/,
    message: (file) => `The disk failed while ${file} was read or written.`,
    advice: 'Check the disk and its free space and try again.',
  },
]

/** Turns a failure of the disk or database that a person can do something about into a `storage` error; leaves any other error as it is. */
export function toStorageError(error: unknown, file: string): unknown {
  if (error instanceof TouchstoneError || !(error instanceof Error)) return error
  const code = codeOf(error)
  const explanation = explanations.find(({ codes }) => codes.test(code))
  return explanation ? new TouchstoneError('storage', explanation.message(file), explanation.advice, { cause: error }) : error
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  // better-sqlite3 throws a TypeError without a code for a folder that does not exist; the schema engine names the adapter's kind of error.
  if (/directory does not exist/.test(error.message)) return 'ENOENT'
  return /`?(SocketTimeout)`?/.exec(error.message)?.[1] ?? ''
}
