import type { Workspace } from '~/services/workspace-api'
import { readAuthor } from './author'
import { say, type CliContext } from './context'
import { inert } from './terminal'

export const revealOption = ['--reveal-holdout <reason>', 'show the cases of the sealed holdout too; the reason is put on record'] as const
/** For documents that are whole by default: a set that is exported and imported again must be the same set. */
export const documentOptions = [
  ['--reveal-holdout <reason>', 'why the cases of the holdout are needed; put on record with the look'],
  ['--without-holdout', 'leave the cases of the sealed holdout out'],
] as const

export type Place = { slug: string; golden: string }

export async function placeOfGoldenSet(workspace: Workspace, reference: string): Promise<Place> {
  const { resolveGolden } = await import('~/services/replay-inputs')
  const { policySlug, goldenSet } = await resolveGolden(workspace, { golden: reference, author: 'export' })
  return { slug: policySlug, golden: goldenSet }
}

export async function placeOfReplay(workspace: Workspace, reference: string): Promise<Place> {
  const { policySlug, goldenSet } = await workspace.replays.get(await workspace.replays.resolve(reference))
  return { slug: policySlug, golden: goldenSet }
}

/**
 * A workspace to show cases from: with the holdout sealed, which is said, or open and the look on record: with a reason, or because a
 * document for programs is to be whole (`whole`). `holdout` goes into documents; null where there is none.
 */
export async function readHoldout(
  context: CliContext,
  workspace: Workspace,
  { slug, golden }: Place,
  { reason, what, whole = false }: { reason: string | undefined; what: string; whole?: boolean },
): Promise<{ workspace: Workspace; holdout: { cases: number; shown: boolean } | null }> {
  const { cases } = await workspace.holdout.state(slug, golden)
  if (cases === 0) return { workspace, holdout: null }
  if (reason !== undefined || whole) {
    await workspace.holdout.look(slug, golden, { author: readAuthor(context.environment), reason: reason ?? 'no reason was given', what })
    if (reason === undefined)
      say(
        context,
        `note: ${cases} cases of the holdout of ${inert(golden)} are in this document, which is on record. --without-holdout leaves them out.`,
      )
    return { workspace, holdout: { cases, shown: true } }
  }
  say(
    context,
    `note: ${cases} cases of ${inert(golden)} are in the sealed holdout: every figure counts them, none is shown. --reveal-holdout REASON shows them, on record.`,
  )
  const { sealHoldout } = await import('~/services/seal-holdout')
  return { workspace: sealHoldout(workspace), holdout: { cases, shown: false } }
}
