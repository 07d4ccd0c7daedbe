import { describeTransform } from '~/domain/probes/transforms'
import type { ProbedCase, ProbeRunRecord, ProbeVerdict } from '~/domain/probes/probe-records'
import type { LimitResult } from '~/domain/probes/robustness-limits'
import type { ProbeReport, ProbeService } from './probes-api'

const rowsAtOnce = 500

const verdictOf = (answer: ProbeVerdict | null) =>
  answer && {
    label: answer.verdict?.label ?? null,
    rules: answer.verdict?.rules ?? [],
    rationale: answer.verdict?.rationale ?? null,
    // Right or wrong is a matter of the golden set, of which probes are no part.
    unscored: answer.verdict ? null : answer.outcome,
    detail: answer.detail,
  }

const caseOf = ({ parentId, kind, transform, content, expected, before, after }: ProbedCase) => ({
  parent: parentId,
  kind,
  transform,
  content,
  expected,
  before: verdictOf(before),
  after: verdictOf(after),
})

/** `touchstone.robustness/1`. `cases` are the probes that moved, got through or raised a false alarm. */
export async function toRobustnessDocument(
  probes: Pick<ProbeService, 'cases'>,
  report: ProbeReport,
  options: { limits: readonly LimitResult[]; withCases: boolean },
) {
  const { robustness, progress } = report
  const { transforms, slices, confidence, ...totals } = robustness
  return {
    schema: 'touchstone.robustness/1',
    run: report.id,
    status: report.status,
    statusReason: report.statusReason,
    policy: report.policySlug,
    promptVersion: report.versionNumber,
    promptHash: report.promptHash,
    golden: `${report.policySlug}/${report.goldenSet}`,
    goldenRevision: report.goldenRevision,
    model: report.modelName,
    rehearsal: report.rehearsal,
    replay: report.baseReplayId,
    selection: { ...report.selection, cases: report.parents, of: report.parentsOf },
    probes: report.total,
    done: report.done,
    notAsked: report.notAsked,
    confidence,
    ...totals,
    transforms: transforms.map(({ kind, transform, ...figures }) => ({
      kind,
      transform,
      name: describeTransform(transform, kind),
      ...figures,
    })),
    slices,
    limits: options.limits,
    ...(options.withCases ? { cases: await readTellingCases(probes, report) } : {}),
    calls: progress.calls,
    cached: progress.cached,
    costUsd: progress.costUsd,
    durationMs: report.durationMs,
  }
}

/** Probes that moved; every attack that got through and every false alarm is among them. */
async function readTellingCases(probes: Pick<ProbeService, 'cases'>, { id }: ProbeRunRecord) {
  const cases: Array<ReturnType<typeof caseOf>> = []
  for (let offset = 0; ; offset += rowsAtOnce) {
    const { rows, total } = await probes.cases(id, { result: 'moved', offset, limit: rowsAtOnce })
    cases.push(...rows.map(caseOf))
    if (offset + rowsAtOnce >= total) return cases
  }
}
