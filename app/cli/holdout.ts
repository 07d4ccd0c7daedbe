import type { Workspace } from '~/services/workspace-api'
import { readAuthor } from './author'
import { say, type CliContext } from './context'
import { inert } from './terminal'

export const revealOption = ['--reveal-holdout <reason>', 'show the cases of the sealed holdout too; the reason is put on record'] as const

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
 * A workspace to show cases from: with the holdout sealed, which is said, or, with a reason, open and the look on record. `holdout` goes into
 * documents; null where there is none.
 */
export async function readHoldout(
  context: CliContext,
  workspace: Workspace,
  { slug, golden }: Place,
  { reason, what }: { reason: string | undefined; what: string },
): Promise<{ workspace: Workspace; holdout: { cases: number; shown: boolean } | null }> {
  const { cases } = await workspace.holdout.state(slug, golden)
  if (cases === 0) return { workspace, holdout: null }
  if (reason !== undefined) {
    await workspace.holdout.look(slug, golden, { author: readAuthor(context.environment), reason, what })
    return { workspace, holdout: { cases, shown: true } }
  }
  say(
    context,
    `note: ${cases} cases of ${inert(golden)} are in the sealed holdout: every figure counts them, none is shown. --reveal-holdout REASON shows them, on record.`,
  )
  const { sealHoldout } = await import('~/services/seal-holdout')
  return { workspace: sealHoldout(workspace), holdout: { cases, shown: false } }
}
