import { inRevision } from './golden-case-queries'
import { caseSelection } from './golden-case-rows'

/** Where the trials of a run are kept, and of what they are pending: the tables differ, how they are claimed and committed does not. */
export type TrialSource = {
  runs: 'Replay' | 'ProbeRun'
  trials: 'Trial' | 'ProbeTrial'
  claims: 'TrialClaim' | 'ProbeClaim'
  /** What is asked about, `g` in the conditions; it has a position and a case id. */
  cases: 'GoldenCase' | 'Probe'
  /** Which of them belong to the run. */
  within: string
  /** Which epochs `e` of one are asked; empty: all. */
  ofEpoch: '' | ' AND e.epoch = g.epoch'
  /** A case by the row id of `cases`. */
  readCase: string
  /** The number of trials of the run `r`. */
  total: string
  /** The number of the last epoch of the run `r`. */
  epochs: string
}

export const goldenTrials: TrialSource = {
  runs: 'Replay',
  trials: 'Trial',
  claims: 'TrialClaim',
  cases: 'GoldenCase',
  within: inRevision,
  ofEpoch: '',
  readCase: `SELECT ${caseSelection} FROM GoldenCase AS g WHERE g.rowid = ?`,
  total: 'coalesce(v.caseCount, 0) * r.epochs',
  epochs: 'r.epochs',
}

// The verdict of a probe is compared with its parent's: a parent without a label must not hide why its probe has no verdict.
const probeColumns: Record<string, string> = {
  'g.caseId': 'p.caseId',
  'g.content': 'p.content',
  'g.label': "coalesce(g.label, '')",
  'g.rules': "coalesce(g.rules, '{}')",
}
const probeSelection = caseSelection
  .split(', ')
  .map((column) => (column in probeColumns ? `${probeColumns[column]} AS ${column.slice(2)}` : column))
  .join(', ')

/** Probes take context and expected verdict from their parent, as the pinned revision has it. */
export const probeTrials: TrialSource = {
  runs: 'ProbeRun',
  trials: 'ProbeTrial',
  claims: 'ProbeClaim',
  cases: 'Probe',
  within: 'g.replayId = @replayId',
  ofEpoch: ' AND e.epoch = g.epoch',
  readCase: `SELECT ${probeSelection} FROM Probe AS p JOIN ProbeRun AS r ON r.id = p.replayId
    JOIN GoldenCase AS g ON g.goldenSetId = r.goldenSetId AND g.caseId = p.parentId
      AND g.fromRevision <= r.goldenRevision AND (g.untilRevision IS NULL OR g.untilRevision > r.goldenRevision)
    WHERE p.rowid = ?`,
  total: 'r.total',
  epochs: '2',
}
