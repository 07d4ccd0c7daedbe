import type { Command } from 'commander'
import { caseChangeKinds, diffCase, type CaseChange, type CaseChangeKind, type RevisionDiff } from '~/domain/golden-set/case-diff'
import { diffTexts } from '~/domain/golden-set/text-diff'
import type { Workspace } from '~/services/workspace-api'
import { writeJson, type CliContext } from '../context'
import { count } from '../format-figures'
import { placeOfGoldenSet, readHoldout, revealOption, type Place } from '../holdout'
import { wholeNumber } from '../options'
import { createPaint, formatTable, inert, type Paint } from '../terminal'

type RevisionsOptions = { json?: boolean; limit?: number; revealHoldout?: string }

const pageRows = 500
const shownCases = 50

export function registerRevisions(program: Command, context: CliContext): void {
  program
    .command('revisions')
    .summary('list the revisions of a golden set, or say what differs between two')
    .description(
      'Lists who changed a golden set, when and why; with two revisions, which cases were added, changed, relabelled or removed.',
    )
    .argument('<golden>', 'POLICY/NAME')
    .argument('[from]', 'revision to compare from', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .argument('[to]', 'revision to compare with (default: the newest)', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--json', 'print one JSON document, with all cases that differ')
    .option('--limit <n>', `cases to print (default: ${shownCases})`, wholeNumber(0, 1_000_000))
    .option(...revealOption)
    .addHelpText(
      'after',
      '\nExamples:\n  $ touchstone revisions community-hate/cases\n  $ touchstone revisions community-hate/cases 1 3\n  $ touchstone revisions community-hate/cases 1 3 --json > changes.json',
    )
    .action((golden: string, from: number | undefined, to: number | undefined, options: RevisionsOptions) =>
      from === undefined ? listRevisions(context, golden, options) : compareRevisions(context, golden, from, to, options),
    )
}

async function listRevisions(context: CliContext, golden: string, options: RevisionsOptions): Promise<void> {
  const workspace = await context.openWorkspace()
  const place = await placeOfGoldenSet(workspace, golden)
  const revisions = await workspace.goldenSets.revisions(place.slug, place.golden)
  if (options.json)
    return writeJson(context, { schema: 'touchstone.revisions/1', goldenSet: { policy: place.slug, name: place.golden }, revisions })
  const rows = revisions.map((revision) => [
    String(revision.number),
    new Date(revision.createdAt).toISOString().slice(0, 16).replace('T', ' '),
    inert(revision.author),
    inert(revision.message),
    count(revision.caseCount),
    caseChangeKinds
      .filter((kind) => revision[kind] > 0)
      .map((kind) => `${count(revision[kind])} ${kind}`)
      .join(', '),
  ])
  context.stdout.write(
    `${formatTable([{ title: 'revision', align: 'right' }, { title: 'when (UTC)' }, { title: 'who' }, { title: 'why' }, { title: 'cases', align: 'right' }, { title: 'what' }], rows)}\n`,
  )
}

async function compareRevisions(
  context: CliContext,
  golden: string,
  from: number,
  to: number | undefined,
  options: RevisionsOptions,
): Promise<void> {
  const everything = await context.openWorkspace()
  const place = await placeOfGoldenSet(everything, golden)
  const { workspace, holdout } = await readHoldout(context, everything, place, {
    reason: options.revealHoldout,
    what: `revisions ${from} and ${to ?? 'newest'} of ${golden}`,
  })
  const upTo = to ?? (await everything.goldenSets.get(place.slug, place.golden)).head
  const limit = options.limit ?? (options.json ? Number.POSITIVE_INFINITY : shownCases)
  const diff = await readAll(workspace, place, { from, to: upTo }, limit)
  if (options.json) {
    const { rows, counts } = diff
    return writeJson(context, {
      schema: 'touchstone.revision-diff/1',
      goldenSet: { policy: place.slug, name: place.golden },
      from,
      to: upTo,
      counts,
      ...(holdout ? { holdout } : {}),
      cases: rows.map(({ caseId, kind, before, after }) => ({
        id: caseId,
        kind,
        fields: diffCase(before, after).map(({ text: _text, ...change }) => change),
      })),
    })
  }
  const paint = createPaint(context.stdout, context.environment)
  const summary = caseChangeKinds.map((kind) => `${count(diff.counts[kind])} ${kind}`).join(', ')
  const lines = [
    `${place.slug}/${inert(place.golden)} from revision ${from} to ${upTo}: ${summary}.`,
    ...diff.rows.flatMap((change) => ['', ...describeChange(change, paint)]),
    ...(diff.total > diff.rows.length ? ['', `… and ${count(diff.total - diff.rows.length)} more (--json has them all).`] : []),
  ]
  context.stdout.write(`${lines.join('\n')}\n`)
}

async function readAll(workspace: Workspace, place: Place, pair: { from: number; to: number }, limit: number): Promise<RevisionDiff> {
  const read = (offset: number) =>
    workspace.goldenSets.compareRevisions(place.slug, place.golden, { ...pair, offset, limit: Math.min(pageRows, limit - offset) })
  const diff = await read(0)
  while (diff.rows.length < Math.min(limit, diff.total)) {
    const { rows } = await read(diff.rows.length)
    if (rows.length === 0) break
    diff.rows.push(...rows)
  }
  return diff
}

const marks: Record<CaseChangeKind, string> = { added: '+', changed: '~', relabelled: '⇄', removed: '-' }

function describeChange({ caseId, kind, before, after }: CaseChange, paint: Paint): string[] {
  return [
    paint('bold', `${marks[kind]} ${inert(caseId)} (${kind})`),
    ...diffCase(before, after).map((change) => {
      const value =
        change.text && change.before !== null && change.after !== null
          ? diffTexts(change.before, change.after)
              .map((part) => {
                const words = inert(part.text)
                if (part.kind === 'same') return words
                return part.kind === 'removed' ? paint('red', `[-${words}-]`) : paint('green', `{+${words}+}`)
              })
              .join('')
          : [
              ...(change.before === null ? [] : [paint('red', `[-${inert(change.before)}-]`)]),
              ...(change.after === null ? [] : [paint('green', `{+${inert(change.after)}+}`)]),
            ].join(' ')
      return `  ${inert(change.field)}: ${value}`
    }),
  ]
}
