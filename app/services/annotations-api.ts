import type { Adjudication } from '../domain/golden-set/case-records'
import type { Annotation } from '../domain/golden-set/golden-case'
import type { Decision, ReviewItem, ReviewQueue } from '../domain/review/review'
import type { ExpectedVerdict } from '../domain/verdict/verdict'

/** What people say of cases, one by one, and what was settled between them. Each change makes a golden revision. */
export interface AnnotationService {
  list(slug: string, goldenName: string, caseId: string): Promise<{ annotations: Annotation[]; adjudications: Adjudication[] }>
  /** One person's verdict; an earlier one of the same person on the case gives way (revisions keep it). */
  add(
    slug: string,
    goldenName: string,
    input: { caseId: string; annotation: Omit<Annotation, 'annotator'>; author: string },
  ): Promise<{ revision: number }>
  /**
   * Settles the expected verdict. The note says why and becomes the message of the revision. Throws conflict when the case was changed after
   * `expectedRevision`.
   */
  adjudicate(
    slug: string,
    goldenName: string,
    input: { caseId: string; expected: ExpectedVerdict; note: string; author: string; expectedRevision?: number },
  ): Promise<{ revision: number }>
}

export type ReviewReplay = {
  id: string
  slug: string
  goldenSet: string
  goldenRevision: number
  versionNumber: number | null
  modelName: string
}

/** A reviewer's confirm or overturn of what a model decided. */
export interface ReviewService {
  replay(replayId: string): Promise<ReviewReplay>
  /** Verdicts worth a look. `regressed` needs a baseline: verdicts that it had right. `sealed` leaves out the holdout. */
  queue(
    replayId: string,
    query: { queue: ReviewQueue; baselineId?: string | null; sealed?: boolean; offset: number; limit: number },
  ): Promise<{ total: number; decided: number; rows: ReviewItem[] }>
  /** The model is right, whatever the golden set expects; where that is another label, the case becomes a suspect of the set's health. */
  confirm(input: { replayId: string; caseId: string; note?: string; author: string }): Promise<Decision>
  /**
   * The model is wrong. The reviewer's verdict becomes, in one golden revision, an annotation of the case, and with `apply: 'relabel'` its
   * expected verdict too. The note is required.
   */
  overturn(input: {
    replayId: string
    caseId: string
    label: string
    rules: Record<string, boolean>
    severity?: string
    note: string
    apply: 'annotate' | 'relabel'
    author: string
  }): Promise<{ decision: Decision; revision: number }>
}
