import type { ManyComparison } from '../domain/comparison/compare-many'
import type { Comparison, ComparedCase, FlipKind, RelabellingKind, SideMetrics } from '../domain/comparison/comparison'
import type { GateConditions } from '../domain/gate/gate-conditions'
import type { CaseHistoryEntry, CaseJudgement, CaseRow, FacetCount, GoldenRevision } from '../domain/golden-set/case-records'
import type { CaseChangeKind, RevisionDiff } from '../domain/golden-set/case-diff'
import type { GoldenCase } from '../domain/golden-set/golden-case'
import type { ErrorCost, PolicyDefinition } from '../domain/policy/policy'
import type { VerdictScheme } from '../domain/policy/verdict-scheme'
import type { Outcome, RetriedReason } from '../domain/verdict/verdict'
import type { ModelConfiguration } from '../replay/model-configuration'
import type { TrialAnswer } from '../storage/sqlite/trial-answer'
import type { AnnotationService, ReviewService } from './annotations-api'
import type { ContrastService } from './contrasts-api'
import type { HealthService } from './health-api'
import type { HoldoutService } from './holdout-api'
import type { ProbeService } from './probes-api'
import type { ReplayEvent, ReplayProgress, ReplayStatus, WorkspaceSpending } from '../replay/ports'

/**
 * The use cases of Touchstone, as the routes and the command line see them. `openWorkspace` (workspace.ts) wires them to a database and to
 * the providers. Times are milliseconds since the epoch. Expected failures are thrown as `TouchstoneError` (lib/errors.ts).
 */
export type Workspace = {
  policies: PolicyService
  prompts: PromptService
  goldenSets: GoldenSetService
  replays: ReplayService
  probes: ProbeService
  contrasts: ContrastService
  comparisons: ComparisonService
  annotations: AnnotationService
  reviews: ReviewService
  health: HealthService
  holdout: HoldoutService
  close(): Promise<void>
}

export type Author = string

// ------------------------------------------------------------------------------------------------------------- policies

export type PolicySummary = {
  slug: string
  name: string
  description: string
  production: VersionReference | null
  head: VersionReference | null
  /** Accuracy of the production version (else the head) in its newest finished replay. */
  accuracy: { value: number; lower: number; upper: number; n: number; replayId: string; rehearsal: boolean } | null
  lastReplay: ReplaySummary | null
  goldenSets: GoldenSetSummary[]
  versionCount: number
}
export type VersionReference = { id: string; number: number; message: string }

export type Policy = {
  id: string
  slug: string
  name: string
  description: string
  scheme: VerdictScheme
  errorCosts: ErrorCost[]
  productionPrevalence: number | null
  model: ModelConfiguration | null
  createdAt: number
}

/** What a candidate of the policy must meet, with who asked for it, when and why. */
export type PolicyGate = { conditions: GateConditions; author: string; message: string; createdAt: number }

export interface PolicyService {
  list(): Promise<PolicySummary[]>
  /** Throws not-found. */
  get(slug: string): Promise<Policy>
  find(slug: string): Promise<Policy | null>
  /** Throws conflict when the slug is taken. */
  create(definition: PolicyDefinition, author: Author): Promise<Policy>
  /** Adds labels, rules and severities that the policy lacks; never removes. */
  extendScheme(slug: string, additions: Partial<VerdictScheme>): Promise<Policy>
  setModel(slug: string, model: ModelConfiguration): Promise<Policy>
  /** The gates that the policy had, the newest first; empty: none was set. */
  gates(slug: string): Promise<PolicyGate[]>
  saveGate(slug: string, gate: { conditions: GateConditions; author: Author; message: string }): Promise<PolicyGate>
  /** How the last import of a file with these columns was read (`touchstone.mapping/1`), null where there was none. */
  importMapping(slug: string, columns: readonly string[]): Promise<string | null>
  rememberImportMapping(slug: string, columns: readonly string[], mapping: string): Promise<void>
}

// -------------------------------------------------------------------------------------------------------------- prompts

export type PromptVersionView = {
  id: string
  number: number
  message: string
  author: string
  createdAt: number
  parentNumber: number | null
  textHash: string
  labels: string[]
  /** Newest finished replay of this text over the newest revision it was replayed on. */
  accuracy: { value: number; n: number; replayId: string; rehearsal: boolean } | null
}

export type DraftView = {
  text: string
  revision: number
  baseVersion: VersionReference | null
  updatedAt: number
  textHash: string
  /** The draft's text is this version's. */
  sameAsVersion: number | null
}

export type SaveDraftResult = { status: 'saved'; draft: DraftView } | { status: 'conflict'; theirs: DraftView; yours: string }

export interface PromptService {
  versions(slug: string): Promise<PromptVersionView[]>
  versionText(slug: string, number: number): Promise<{ version: PromptVersionView; text: string }>
  textByHash(hash: string): Promise<string>
  /** The draft; made from the newest version when there is none. */
  draft(slug: string, author: Author): Promise<DraftView>
  /** Saves when `expectedRevision` is still the draft's; else nothing is written and both texts come back. */
  saveDraft(slug: string, input: { text: string; expectedRevision: number; author: Author }): Promise<SaveDraftResult>
  /** The same text is the same version: `created` is false then. */
  createVersion(
    slug: string,
    input: { text: string; message: string; author: Author; parentNumber?: number | null },
  ): Promise<{ version: PromptVersionView; created: boolean }>
  moveLabel(slug: string, input: { label: string; number: number; author: Author; note?: string }): Promise<void>
  labelHistory(
    slug: string,
  ): Promise<Array<{ label: string; from: number | null; to: number; author: string; note: string; createdAt: number }>>
}

// ---------------------------------------------------------------------------------------------------------- golden sets

export type GoldenSetSummary = {
  id: string
  name: string
  head: number
  caseCount: number
  contentHash: string | null
  updatedAt: number | null
}

/** The newest revision of a golden set whose holdout is left out (seal-holdout.ts says when). */
export type SealedAt = number

export type CaseFilter = {
  /** Words that the content, the id or the note must hold; case-insensitive. */
  text?: string
  label?: string | null
  /** Each must hold: `{ by: 'tag', value: 'sarcasm' }`, `{ by: 'rule', value: 'H2' }`, `{ by: '<column>', value }`. */
  facets?: Array<{ by: string; value: string }>
  mustPass?: boolean
  /** Cases whose outcome differs between any two finished replays ('ever-flipped'), or that no replay got right ('always-wrong'). */
  history?: 'ever-flipped' | 'always-wrong' | 'always-right'
  sealedAt?: SealedAt
}

export type ImportPlan = { added: number; changed: number; relabelled: number; unchanged: number; removed: number }
export type ImportReport = ImportPlan & {
  revision: number
  goldenSet: string
  policyCreated: boolean
  goldenSetCreated: boolean
  skipped: number
  total: number
  contentHash: string
  /** Of the rows, those whose id was new and whose content and context are those of one case: they were taken for it. */
  matchedByContent?: number
  /** Rules that the scheme lacked. */
  rulesAdded?: string[]
}

export interface GoldenSetService {
  list(slug: string): Promise<GoldenSetSummary[]>
  get(slug: string, name: string): Promise<GoldenSetSummary>
  revisions(slug: string, name: string): Promise<GoldenRevision[]>
  /** `revision` defaults to the newest. Rows by position; `offset` and `limit` as in SQL. */
  cases(
    slug: string,
    name: string,
    query: { revision?: number; filter?: CaseFilter; offset: number; limit: number },
  ): Promise<{ total: number; rows: CaseRow[] }>
  facets(slug: string, name: string, revision?: number): Promise<FacetCount[]>
  case(slug: string, name: string, caseId: string, revision?: number): Promise<{ case: GoldenCase; revision: number }>
  caseHistory(slug: string, name: string, caseId: string): Promise<CaseHistoryEntry[]>
  judgements(slug: string, name: string, caseId: string): Promise<CaseJudgement[]>
  /** What differs between two revisions, in either direction; `kinds` chooses the rows, by position. */
  compareRevisions(
    slug: string,
    name: string,
    query: { from: number; to: number; kinds?: readonly CaseChangeKind[]; sealedAt?: SealedAt; offset: number; limit: number },
  ): Promise<RevisionDiff>
  /** Each makes one revision with author and message. */
  addCase(slug: string, name: string, input: { case: GoldenCase; author: Author; message: string }): Promise<GoldenRevision>
  updateCase(
    slug: string,
    name: string,
    input: { case: GoldenCase; author: Author; message: string; expectedRevision?: number },
  ): Promise<GoldenRevision>
  deleteCase(slug: string, name: string, input: { caseId: string; author: Author; message: string }): Promise<GoldenRevision>
  /**
   * The set that holds just what a file says, where that was found before by the same reading (mirrored-file.ts) and nobody has changed the
   * set since. Where there is a set of that name, no other is meant.
   */
  findMirrored(slug: string, name: string, reading: string): Promise<{ goldenSet: string; revision: number } | null>
  rememberMirrored(slug: string, name: string, mirrored: { reading: string; revision: number }): Promise<void>
  /**
   * Brings cases in, all or nothing, as one revision (none when nothing changes). Makes the policy (default scheme) and the set where
   * missing. `mode: 'merge'` keeps cases that are not in the file; `'mirror'` removes them (a file that *is* the set). New rules are added
   * to the scheme; unknown labels are refused before this is called.
   */
  importCases(input: {
    policySlug: string
    goldenName: string
    cases: Iterable<GoldenCase> | AsyncIterable<GoldenCase>
    mode: 'merge' | 'mirror'
    author: Author
    message: string
    onProgress?: (rows: number) => void
    dryRun?: boolean
  }): Promise<ImportReport>
  /** Of these cases those that saved prompt versions of the policy quote: id to the names of the versions. */
  quotedIn(slug: string, name: string, caseIds: readonly string[], revision?: number): Promise<Map<string, string[]>>
  /** Streams all cases of a revision in position order. */
  stream(slug: string, name: string, revision?: number): AsyncIterable<GoldenCase>
}

// -------------------------------------------------------------------------------------------------------------- replays

export type ReplayOptions = {
  concurrency?: number
  maxCostUsd?: number
  /** `use` by default; `refresh` asks again and stores the answer; `off` neither reads nor writes. */
  cache?: 'use' | 'refresh' | 'off'
  keepRawAnswers?: boolean
  /** Ask by the provider's batch endpoint: within a day, at half the price. */
  batch?: boolean
  /** How long a provider that does nothing but fail is waited for. Default: as long as it takes. */
  patienceMinutes?: number
  /** Every call ends by then. Default 180. */
  callTimeoutSeconds?: number
}

export type ReplaySummary = {
  id: string
  policySlug: string
  promptHash: string
  /** Null: a draft that was not made a version. */
  versionNumber: number | null
  goldenSet: string
  goldenRevision: number
  model: ModelConfiguration
  modelName: string
  rehearsal: boolean
  epochs: number
  status: ReplayStatus
  statusReason: string | null
  total: number
  done: number
  accuracy: number | null
  author: string
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  durationMs: number
}

/** How far a replay has come and what it took, without the figures that take a pass over its trials. */
export type ReplayStanding = ReplaySummary & { progress: ReplayProgress; costUsd: number | null }

/** Side figures plus what the run cost; the body of `touchstone.replay/1`. */
export type ReplayReport = ReplayStanding & {
  metrics: SideMetrics
  /** Cases that the prompt quotes, which are left out of `metrics`, and the figures over all cases; null where there are none. */
  leaked: { n: number; all: SideMetrics } | null
  latencyMs: { p50: number | null; p95: number | null }
  /** What a reader of its figures should know: settings left out, answers of several models, answers from the cache. */
  warnings: string[]
}

export type ReplayRequest = {
  policySlug: string
  prompt: { version: number } | { text: string }
  goldenSet: string
  goldenRevision?: number
  model: ModelConfiguration
  epochs?: number
  options?: ReplayOptions
  author: Author
  /** True: start anew even where the same replay is unfinished or finished. */
  fresh?: boolean
}

/** What a replay would take. Tokens are estimated from a sample; null: not known. */
export type ReplayEstimate = {
  trials: number
  /** Answers that the cache has. */
  cached: number
  calls: number
  inputTokens: number
  outputTokens: number
  costUsd: number | null
  durationMs: number | null
  /** What the unfinished run that would be continued has cost. */
  soFarUsd: number | null
  /** Of the price table that was used; null: the price is not known. */
  price: { date: string; source: string } | null
  spending: WorkspaceSpending
}

export interface ReplayService {
  /** What all replays have cost, and what they may. */
  spending(): Promise<WorkspaceSpending>
  /** US dollars that all replays together may cost; null lifts the ceiling. Runs that are under way keep to it within a second. */
  setCeiling(usd: number | null): Promise<void>
  /** Calls, tokens, cost and time before anything is asked: of what is left where an unfinished replay would be continued. */
  estimate(request: ReplayRequest): Promise<ReplayEstimate>
  /**
   * Makes the unscored trials of an ended replay pending again (all but the unlabelled, which no answer would change; or those of some reasons
   * only); what they were is kept.
   * The next run asks them anew, past the cache, under `options` or those that it had. Returns how many there are.
   */
  retryUnscored(replayId: string, changes?: { options?: ReplayOptions; reasons?: readonly RetriedReason[] }): Promise<number>
  /** Finds the unfinished (or, for `reuseFinished`, finished) replay of the same inputs, else makes one. Nothing runs yet. */
  prepare(request: ReplayRequest & { reuseFinished?: boolean }): Promise<{ replay: ReplaySummary; continued: boolean }>
  /**
   * Runs to the end in this process; events as they happen. Used by the command line. With `onlyCaseIds` these cases alone are replayed,
   * and the replay is left for another run to go on with.
   */
  run(
    replayId: string,
    onEvent?: (event: ReplayEvent) => void,
    signal?: AbortSignal,
    onlyCaseIds?: readonly string[],
  ): Promise<ReplayStanding>
  /** Ids of the cases that a prompt of these replays quotes, in the revision of any of them. */
  quotedCases(replayIds: readonly string[]): Promise<ReadonlySet<string>>
  /** What became of these cases, epochs reduced; without those that have no result yet. */
  outcomes(replayId: string, caseIds: readonly string[]): Promise<Map<string, Outcome>>
  /** Cases that some replay over this golden set got right and some got wrong. */
  flippedBefore(policySlug: string, goldenSet: string): Promise<Set<string>>
  /** Hands the replay to the background runner (a thread of its own) and returns. Used by the web app. */
  start(replayId: string): Promise<void>
  cancel(replayId: string): Promise<void>
  /** Live events of a background replay; the returned function unsubscribes. */
  subscribe(replayId: string, listener: (event: ReplayEvent) => void): () => void
  /** Continues what a stopped server left unfinished. Called once at server start. */
  resumeUnfinished(): Promise<number>
  get(replayId: string): Promise<ReplaySummary>
  standing(replayId: string): Promise<ReplayStanding>
  report(replayId: string): Promise<ReplayReport>
  /** The newest first, each with what its calls cost so far. */
  list(query?: { policySlug?: string; limit?: number }): Promise<Array<ReplaySummary & { costUsd: number | null }>>
  /** `POLICY@VERSION` (its newest finished replay) or a replay id → a replay id. */
  resolve(reference: string): Promise<string>
  /** The newest finished replay that a draft should be compared with: the production version's, else the newest version's. Null: none. */
  baselineFor(slug: string, goldenSet: string, modelName?: string): Promise<ReplaySummary | null>
  /** One answer word for word, with what it took. Throws not-found. */
  answer(replayId: string, caseId: string, epoch: number): Promise<TrialAnswer>
  trials(
    replayId: string,
    query: {
      outcome?: Outcome
      ruleOutcome?: 'right' | 'wrong'
      expectedLabel?: string
      label?: string
      /** Only cases that the prompt quotes. */
      leaked?: boolean
      sealedAt?: SealedAt
      offset: number
      limit: number
    },
  ): Promise<{ total: number; rows: CaseJudgement[]; caseIds: string[] }>
}

// ---------------------------------------------------------------------------------------------------------- comparisons

export type ComparisonOptions = {
  margin?: number
  confidence?: number
  by?: string[]
  /** A replay of the baseline's or the candidate's version again: its differences are noise. By default the newest finished one, where there is any. */
  noise?: string
  /** Count the cases that a prompt of either side quotes. By default they are left out of every figure but zero tolerance, and counted apart. */
  includeLeaked?: boolean
}

export type FlipFilter = {
  flip?: FlipKind[]
  rule?: string
  tag?: string
  /** Cases of at least one of these rules; of none of those. */
  anyRule?: string[]
  noRule?: string[]
  /** Other slices: metadata column → value. */
  facets?: Array<{ by: string; value: string }>
  expectedLabel?: string
  baselineLabel?: string
  candidateLabel?: string
  text?: string
  noise?: boolean
  mustPass?: boolean
  /** What became of the case on that side: how a count of unscored cases leads to them. */
  baselineOutcome?: Outcome
  candidateOutcome?: Outcome
  /** Where the sides pin different revisions: what the relabelling made of the baseline's answer; how the case flips by the candidate's labels. */
  relabelling?: RelabellingKind
  flipByNewLabels?: FlipKind
  /** This one case: how a link to a flip finds it. */
  caseId?: string
  sealedAt?: SealedAt
  /** As in the options of the comparison that the flips are of. */
  includeLeaked?: boolean
}

export type FlipRow = ComparedCase & {
  content: string
  context: GoldenCase['context']
  note: string | null
  tags: string[]
  mustPass: boolean
  rank: number
}

export interface ComparisonService {
  /** Computed in one streaming pass and kept; instant the second time. Throws when the replays cannot be compared, saying why. */
  compare(baseline: string, candidate: string, options?: ComparisonOptions): Promise<Comparison>
  /** Two or more replays over the cases that all share, each pair judged with p adjusted over the pairs. */
  compareMany(replays: readonly string[], options?: Pick<ComparisonOptions, 'margin' | 'confidence'>): Promise<ManyComparison>
  /** Every case of the comparison, streamed in harm order, for `compare --json`. */
  streamCases(
    baseline: string,
    candidate: string,
    options?: Pick<ComparisonOptions, 'noise' | 'includeLeaked'>,
  ): AsyncIterable<ComparedCase>
  flips(
    baseline: string,
    candidate: string,
    query: { filter?: FlipFilter; offset: number; limit: number },
  ): Promise<{ total: number; rows: FlipRow[] }>
  /** While the candidate still runs: flips among the trials finished so far, worst first, at most `limit`. */
  liveFlips(
    baseline: string,
    candidate: string,
    limit: number,
  ): Promise<{ fixed: number; regressed: number; compared: number; rows: FlipRow[] }>
}
