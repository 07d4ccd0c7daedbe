export type LogLevel = 'info' | 'warn' | 'error'
export type Logger = Record<LogLevel, (message: string, fields?: Record<string, string | number | boolean | null>) => void>

/** One line an event on stderr: time, level, message, then `name=value`. Control characters are escaped so that no field can forge a line. */
export function createLogger(
  write: (line: string) => void = (line) => process.stderr.write(line),
  now: () => Date = () => new Date(),
): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: Record<string, string | number | boolean | null> = {}) => {
      const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
      // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not reach a terminal
      write(`${now().toISOString()} ${level} ${message.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')}${pairs.join('')}\n`)
    }
  return { info: log('info'), warn: log('warn'), error: log('error') }
}
