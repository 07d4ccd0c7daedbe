import { judgeOutcome } from '~/domain/verdict/judge-outcome'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { defaultVerdictScheme, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { UnscoredReason, Verdict } from '~/domain/verdict/verdict'
import { createComparisonService } from '~/services/comparisons'
import { hashPromptText } from '~/lib/hash'
import { createId } from '~/lib/ids'
import type { TrialResult } from '~/replay/ports'
import type { TouchstoneDatabase } from '~/storage/database'
import { AnswerTexts } from '~/storage/sqlite/answer-texts'
import { importGoldenCases } from '~/storage/sqlite/golden-set-writer'
import { createTrialWriter } from '~/storage/sqlite/trial-writer'
import { trialResult } from './replays'

/** What a recorded model said of a case: a verdict, or why there is none. */
export type Said = Verdict | Exclude<UnscoredReason, 'unlabelled'>
export type RecordedReplay = {
  /** Number of the prompt version; the same number is the same text. */
  version: number
  revision?: number
  goldenSetId: string
  policyId: string
  cases: readonly GoldenCase[]
  /** One answer per epoch; none: not answered yet. */
  answer: (goldenCase: GoldenCase) => readonly Said[]
  epochs?: number
  status?: string
  trial?: Partial<TrialResult>
  model?: string
}

/** Policy, golden set and prompt versions as rows; replays with recorded answers on top. */
export async function prepareComparisons(
  database: TouchstoneDatabase,
  cases: readonly GoldenCase[],
  scheme: VerdictScheme = defaultVerdictScheme,
) {
  const imported = async (list: readonly GoldenCase[]) => {
    const { goldenSetId, revision } = await importGoldenCases(database, {
      policySlug: 'chat',
      goldenName: 'edge-cases',
      cases: list,
      mirror: true,
      dryRun: false,
      author: 'ana',
      message: 'cases',
      nowMs: 1,
      reconcileScheme: () => scheme,
    })
    if (goldenSetId === null) throw new Error('the import made no golden set')
    return { goldenSetId, revision }
  }
  const { goldenSetId, revision } = await imported(cases)
  const policy = await (await database.prisma()).policy.findUniqueOrThrow({ where: { slug: 'chat' } })
  const writer = createTrialWriter(database.raw, new AnswerTexts(database.raw))

  async function record(replay: Omit<RecordedReplay, 'goldenSetId' | 'policyId' | 'cases'> & Partial<RecordedReplay>): Promise<string> {
    const { version, epochs = 1, status = 'finished', model = 'openai:any' } = replay
    const list = replay.cases ?? cases
    const textHash = hashPromptText(`version ${version}`)
    const prisma = await database.prisma()
    await prisma.promptText.upsert({
      where: { hash: textHash },
      create: { hash: textHash, text: `version ${version}`, createdAt: 1 },
      update: {},
    })
    await prisma.promptVersion.upsert({
      where: { policyId_number: { policyId: policy.id, number: version } },
      create: { id: createId(), policyId: policy.id, number: version, textHash, message: '', author: 'ana', createdAt: 1 },
      update: {},
    })
    const id = createId()
    await prisma.replay.create({
      data: {
        id,
        policyId: replay.policyId ?? policy.id,
        promptHash: textHash,
        goldenSetId: replay.goldenSetId ?? goldenSetId,
        goldenRevision: replay.revision ?? revision,
        model: { provider: 'openai', name: 'any' },
        modelName: model,
        modelHash: `hash of ${model}`,
        epochs,
        status,
        options: {},
        total: list.length * epochs,
        author: 'ana',
        createdAt: Date.now(),
      },
    })
    database.raw
      .transaction(() => {
        for (const goldenCase of list)
          replay.answer(goldenCase).forEach((said, index) => {
            const verdict = typeof said === 'string' ? null : said
            const { expected } = goldenCase
            const judged =
              said === 'error'
                ? judgeOutcome({ expected, error: true })
                : judgeOutcome({
                    expected,
                    reading: verdict ? { status: 'verdict', verdict } : { status: 'unscored', reason: said as 'refused', detail: 'x' },
                  })
            writer(
              id,
              trialResult({
                caseId: goldenCase.id,
                epoch: index + 1,
                ...judged,
                verdict,
                detail: verdict ? null : 'why',
                rawAnswer: null,
                ...replay.trial,
              }),
              1,
            )
          })
      })
      .immediate()
    return id
  }
  return { policy, goldenSetId, revision, imported, record, comparisons: createComparisonService({ database, now: () => 1 }) }
}
