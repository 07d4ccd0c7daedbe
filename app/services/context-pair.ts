import { TouchstoneError } from '../lib/errors'
import type { Author, ReplayOptions, ReplaySummary, Workspace } from './workspace-api'

/** Two replays of one version: by the content alone, and with its parent messages, surface, author and locale. */
export type ContextPair = { without: ReplaySummary; with: ReplaySummary }

/**
 * Finds or makes the replay that shows a model what this one did not, or hides what it showed: the same text, model and epochs. `golden`
 * is the golden set for it where people judged differently without the context. Nothing runs yet.
 */
export async function prepareContextPair(
  workspace: Workspace,
  replayId: string,
  request: { author: Author; golden?: { goldenSet: string; goldenRevision?: number }; options?: ReplayOptions },
): Promise<{ pair: ContextPair; other: ReplaySummary }> {
  const replay = await workspace.replays.get(replayId)
  const { withContext = true, ...model } = replay.model
  const { goldenSet = replay.goldenSet, goldenRevision } = request.golden ?? replay
  if (!(await hasContext(workspace, replay)))
    throw new TouchstoneError(
      'invalid-input',
      `No case of ${replay.policySlug}/${replay.goldenSet}@${replay.goldenRevision} has a context: with and without it are the same.`,
      'Import the cases with their parent messages, surface, author or locale.',
    )
  const { replay: other } = await workspace.replays.prepare({
    policySlug: replay.policySlug,
    prompt: { text: await workspace.prompts.textByHash(replay.promptHash) },
    goldenSet,
    ...(goldenRevision === undefined ? {} : { goldenRevision }),
    model: withContext ? { ...model, withContext: false } : model,
    epochs: replay.epochs,
    ...(request.options ? { options: request.options } : {}),
    author: request.author,
    reuseFinished: true,
  })
  return { pair: withContext ? { without: other, with: replay } : { without: replay, with: other }, other }
}

async function hasContext(workspace: Workspace, { policySlug, goldenSet, goldenRevision }: ReplaySummary): Promise<boolean> {
  for await (const { context } of workspace.goldenSets.stream(policySlug, goldenSet, goldenRevision))
    if (context.parents.length > 0 || context.surface !== undefined || context.author !== undefined || context.locale !== undefined)
      return true
  return false
}
