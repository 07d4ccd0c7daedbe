import type { Workspace } from '~/services/workspace-api'

export type Output = { write(text: string): void; isTTY: boolean; columns: number }

/** Everything of the world that a command uses. Tests hand in another world. */
export type CliContext = {
  stdout: Output
  stderr: Output
  environment: Record<string, string | undefined>
  /** Opens the workspace on first use; main.ts closes it. */
  openWorkspace(): Promise<Workspace>
  /** Origins of servers that were named on the command line, by whoever has the key. */
  keyOrigins: string[]
  /** Calls the listener when the person asks to stop (SIGINT, SIGTERM); the returned function unsubscribes. */
  onInterrupt(listener: () => void): () => void
  /** What the process will exit with: 0 pass, 1 the gate failed, 2 inconclusive, 3 error. */
  exitCode: number
  /** Everything on stderr is `touchstone.event/1`, one JSON object a line. Set by commands that were asked for `--json`. */
  jsonEvents?: boolean
}

export const exitCodes = { pass: 0, failed: 1, inconclusive: 2, error: 3 } as const

/** Prints the one JSON document of a `--json` run. */
export function writeJson(context: CliContext, document: unknown): void {
  context.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

/** Written as escapes: a log that a person looks at is a terminal too. */
const unseen = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** One line of `touchstone.event/1` on stderr. */
export function writeEvent(context: CliContext, type: string, fields: Record<string, unknown>): void {
  const line = JSON.stringify({ schema: 'touchstone.event/1', at: new Date().toISOString(), type, ...fields })
  context.stderr.write(`${line.replace(unseen, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`)
}

/** A line for people; goes where it does not disturb what programs read. */
export function say(context: CliContext, text: string): void {
  if (context.jsonEvents) writeEvent(context, 'note', { message: text })
  else context.stderr.write(`${text}\n`)
}
