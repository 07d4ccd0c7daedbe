import type { ContrastPair } from '../domain/probes/contrast-pairs'
import type { ExpectedVerdict } from '../domain/verdict/verdict'

/** Texts like a case's that a person labels: quotation, negation, counter-speech, target swap. */
export interface ContrastService {
  /** Puts the proposals for a case before a person; kinds that wait already, or were settled, are not proposed again. */
  propose(slug: string, goldenSet: string, input: { caseId: string; author: string }): Promise<ContrastPair[]>
  /** The oldest first. */
  list(
    slug: string,
    query?: { goldenSet?: string; parentId?: string; status?: ContrastPair['status']; limit?: number },
  ): Promise<ContrastPair[]>
  /** A person's verdict on the text as they reworded it: it becomes a case of the golden set, in a revision, with its parent in `meta`. */
  label(
    slug: string,
    input: { id: string; content: string; expected: ExpectedVerdict; note: string; author: string },
  ): Promise<{ caseId: string; revision: number }>
  /** It is no text worth labelling. */
  dismiss(slug: string, id: string): Promise<void>
}
