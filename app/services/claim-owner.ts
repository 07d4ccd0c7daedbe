import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/** Names the machine and the process, so that another process can see whether the owner of a claim still lives. */
export const ownerName = (): string => `${hostname()} ${process.pid} ${randomUUID()}`

/** True where the owner was a process of this machine that is no more; its claims need not be waited for. */
export function isDead(owner: string): boolean {
  const match = /^(\S+) (\d+) /.exec(owner)
  return match !== null && match[1] === hostname() && !isAlive(Number(match[2]))
}

/** Whether a living process holds claims that last: the run is being worked on. Of a process of another machine only its claims are known. */
export function isWorkedOn(rows: { liveOwners(runId: string, nowMs: number): string[] }, runId: string, nowMs: number): boolean {
  return rows.liveOwners(runId, nowMs).some((owner) => !isDead(owner))
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    // EPERM: it lives, but is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
