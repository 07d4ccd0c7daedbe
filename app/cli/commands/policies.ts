import type { Command } from 'commander'
import { writeJson, type CliContext } from '../context'
import { count, percent } from '../format-figures'
import { formatTable, inert } from '../terminal'

export function registerPolicies(program: Command, context: CliContext): void {
  program
    .command('policies')
    .summary('list policies, versions, golden sets and replays')
    .description('Lists what the workspace has; with a policy, its versions, golden sets and latest replays.')
    .argument('[policy]', 'slug of a policy')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  $ touchstone policies\n  $ touchstone policies community-hate --json')
    .action((policy: string | undefined, options: { json?: boolean }) =>
      policy === undefined ? listPolicies(context, options) : showPolicy(context, policy, options),
    )
}

async function listPolicies(context: CliContext, options: { json?: boolean }): Promise<void> {
  const workspace = await context.openWorkspace()
  const policies = await workspace.policies.list()
  if (options.json) return writeJson(context, { schema: 'touchstone.policies/1', policies })
  if (policies.length === 0) {
    context.stdout.write('There is no policy yet. Import cases: touchstone import FILE --policy SLUG\n')
    return
  }
  const rows = policies.map((policy) => [
    policy.slug,
    inert(policy.name),
    count(policy.versionCount),
    policy.production ? `@${policy.production.number}` : '–',
    policy.accuracy ? `${percent(policy.accuracy.value)}${policy.accuracy.rehearsal ? ' (rehearsal)' : ''}` : '–',
    policy.goldenSets.map((set) => `${policy.slug}/${inert(set.name)}@${set.head} (${count(set.caseCount)})`).join(', ') || '–',
  ])
  context.stdout.write(
    `${formatTable([{ title: 'policy' }, { title: 'name' }, { title: 'versions', align: 'right' }, { title: 'production' }, { title: 'accuracy' }, { title: 'golden sets (cases)' }], rows)}\n`,
  )
}

async function showPolicy(context: CliContext, slug: string, options: { json?: boolean }): Promise<void> {
  const workspace = await context.openWorkspace()
  const policy = await workspace.policies.get(slug)
  const [versions, goldenSets, replays] = await Promise.all([
    workspace.prompts.versions(slug),
    workspace.goldenSets.list(slug),
    workspace.replays.list({ policySlug: slug, limit: 20 }),
  ])
  if (options.json) return writeJson(context, { schema: 'touchstone.policy-overview/1', policy, versions, goldenSets, replays })
  const sections = [
    `${policy.slug}: ${inert(policy.name)}`,
    `Labels: ${policy.scheme.labels.map((label) => `${label.id} (${label.kind})`).join(', ')}. Rules: ${policy.scheme.rules.map((rule) => rule.id).join(', ') || 'none'}.`,
    '',
    formatTable(
      [{ title: 'version' }, { title: 'labels' }, { title: 'accuracy', align: 'right' }, { title: 'author' }, { title: 'message' }],
      versions.map((version) => [
        `${slug}@${version.number}`,
        version.labels.join(', '),
        version.accuracy ? percent(version.accuracy.value) : '–',
        inert(version.author),
        inert(version.message),
      ]),
    ),
    '',
    formatTable(
      [{ title: 'golden set' }, { title: 'cases', align: 'right' }],
      goldenSets.map((set) => [`${slug}/${inert(set.name)}@${set.head}`, count(set.caseCount)]),
    ),
    '',
    formatTable(
      [
        { title: 'replay' },
        { title: 'version' },
        { title: 'golden set' },
        { title: 'model' },
        { title: 'status' },
        { title: 'accuracy', align: 'right' },
      ],
      replays.map((replay) => [
        replay.id,
        replay.versionNumber === null ? 'draft' : `@${replay.versionNumber}`,
        `${inert(replay.goldenSet)}@${replay.goldenRevision}`,
        inert(replay.modelName),
        replay.status === 'finished' ? 'finished' : `${replay.status} ${count(replay.done)}/${count(replay.total)}`,
        percent(replay.accuracy),
      ]),
    ),
  ]
  context.stdout.write(`${sections.join('\n')}\n`)
}
