import { isDeepStrictEqual } from 'node:util'
import type { CaseHistoryEntry, GoldenRevision } from '~/domain/golden-set/case-records'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import { slugSchema } from '~/domain/policy/policy'
import { defaultVerdictScheme, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { TouchstoneError } from '~/lib/errors'
import type { TouchstoneDatabase } from '~/storage/database'
import { CaseHistory } from '~/storage/sqlite/case-history'
import { FacetCounts } from '~/storage/sqlite/facet-counts'
import { readJudgements } from '~/storage/sqlite/case-judgements'
import { GoldenCaseQueries, type CaseCondition } from '~/storage/sqlite/golden-case-queries'
import { listGoldenSets, listRevisions } from '~/storage/sqlite/golden-set-rows'
import { findPolicyId } from '~/storage/sqlite/policy-rows'
import { findMirrored, keepMirrored } from '~/storage/sqlite/mirrored-files'
import { QuotedCases } from '~/storage/sqlite/quoted-cases'
import { readRevisionChanges } from '~/storage/sqlite/revision-changes'
import { changeGoldenCase, importGoldenCases, type DecideCase, type StagedVocabulary } from '~/storage/sqlite/golden-set-writer'
import { extendScheme, policyNotFound } from './policies'
import type { CaseFilter, GoldenSetService, GoldenSetSummary } from './workspace-api'

const maximumPageRows = 1_000

type SetRow = GoldenSetSummary

export function createGoldenSetService({
  database,
  quotedCases = new QuotedCases(database),
  now,
}: {
  database: TouchstoneDatabase
  quotedCases?: QuotedCases
  now: () => number
}): GoldenSetService {
  const { raw } = database
  const queries = new GoldenCaseQueries(raw)
  const facetCounts = new FacetCounts(database)
  const history = new CaseHistory(raw)

  const list = async (slug: string): Promise<SetRow[]> => {
    const policyId = findPolicyId(raw, slug)
    if (policyId === null) throw policyNotFound(slug)
    return listGoldenSets(raw, policyId)
  }

  const get = async (slug: string, name: string): Promise<SetRow> => {
    const sets = await list(slug)
    const set = sets.find((candidate) => candidate.name === name)
    if (set) return set
    const known = sets.map((candidate) => candidate.name)
    throw new TouchstoneError(
      'not-found',
      `The policy "${slug}" has no golden set "${name}".`,
      known.length > 0 ? `It has: ${known.join(', ')}.` : 'Import one: touchstone import FILE --policy SLUG.',
    )
  }

  const revisionKey = async (slug: string, name: string, revision?: number) => {
    const set = await get(slug, name)
    const number = revision ?? set.head
    if (!Number.isInteger(number) || number < 0 || number > set.head)
      throw new TouchstoneError(
        'not-found',
        `The golden set "${name}" of "${slug}" has no revision ${number}.`,
        `Its newest is ${set.head}.`,
      )
    return { goldenSetId: set.id, revision: number }
  }

  const changeCase = async (
    slug: string,
    name: string,
    input: { caseId: string; author: string; message: string; decide: DecideCase },
  ): Promise<GoldenRevision> => {
    if (findPolicyId(raw, slug) === null) throw policyNotFound(slug)
    const changed = await changeGoldenCase(database, { ...input, policySlug: slug, goldenName: name, nowMs: now(), reconcileScheme })
    if (changed) return changed
    const [newest] = await readRevisions(slug, name)
    if (!newest) throw caseNotFound(name, input.caseId)
    return newest
  }

  const readRevisions = async (slug: string, name: string): Promise<GoldenRevision[]> => {
    const { id } = await get(slug, name)
    return listRevisions(raw, id)
  }

  const readQuotedIn = (slug: string, { goldenSetId, revision }: { goldenSetId: string; revision: number }, caseIds: readonly string[]) =>
    quotedCases.versionsQuoting(slug, { goldenSetId, goldenRevision: revision }, caseIds)

  return {
    list,
    get,
    revisions: readRevisions,

    async cases(slug, name, { revision, filter = {}, offset, limit }) {
      const key = await revisionKey(slug, name, revision)
      const page = queries.page(key, toCondition(key.goldenSetId, filter), offset, Math.min(limit, maximumPageRows))
      const quoted = await readQuotedIn(
        slug,
        key,
        page.rows.map(({ id }) => id),
      )
      return { ...page, rows: page.rows.map((row) => (quoted.has(row.id) ? { ...row, quotedIn: quoted.get(row.id) } : row)) }
    },

    async quotedIn(slug, name, caseIds, revision) {
      return await readQuotedIn(slug, await revisionKey(slug, name, revision), caseIds)
    },

    async facets(slug, name, revision) {
      return await facetCounts.read(await revisionKey(slug, name, revision))
    },

    async case(slug, name, caseId, revision) {
      const key = await revisionKey(slug, name, revision)
      const found = queries.one(key, caseId)
      if (!found) throw caseNotFound(name, caseId, key.revision)
      return { case: found, revision: key.revision }
    },

    async caseHistory(slug, name, caseId) {
      const set = await get(slug, name)
      const states = queries.states(set.id, caseId)
      if (states.length === 0) throw caseNotFound(name, caseId)
      const revisions = listRevisions(
        raw,
        set.id,
        states.flatMap(({ fromRevision, untilRevision }) => [fromRevision, untilRevision ?? fromRevision]),
      )
      const byNumber = new Map(revisions.map((row) => [row.number, row]))
      const entry = (number: number, state: GoldenCase | null): CaseHistoryEntry[] => {
        const row = byNumber.get(number)
        return row ? [{ revision: number, author: row.author, message: row.message, createdAt: row.createdAt, state }] : []
      }
      const begins = new Set(states.map(({ fromRevision }) => fromRevision))
      const entries: CaseHistoryEntry[] = []
      for (const { fromRevision, untilRevision, state } of states) {
        entries.push(...entry(fromRevision, state))
        // A state that ended where no other began: the case was removed.
        if (untilRevision !== null && !begins.has(untilRevision)) entries.push(...entry(untilRevision, null))
      }
      return entries.sort((a, b) => b.revision - a.revision)
    },

    async judgements(slug, name, caseId) {
      const set = await get(slug, name)
      return readJudgements(raw, set.id, caseId)
    },

    async compareRevisions(slug, name, { from, to, sealedAt, kinds, offset, limit }) {
      const [{ goldenSetId }] = await Promise.all([revisionKey(slug, name, from), revisionKey(slug, name, to)])
      return readRevisionChanges(
        raw,
        { goldenSetId, from, to, sealedAt },
        { kinds, offset: Math.max(0, offset), limit: Math.min(limit, maximumPageRows) },
      )
    },

    async addCase(slug, name, { case: added, author, message }) {
      return await changeCase(slug, name, {
        caseId: added.id,
        author,
        message,
        decide(current) {
          if (current)
            throw new TouchstoneError(
              'conflict',
              `The golden set "${name}" already has a case ${JSON.stringify(added.id)}.`,
              'Give the new case another id, or edit that one.',
            )
          return added
        },
      })
    },

    async updateCase(slug, name, { case: next, author, message, expectedRevision }) {
      return await changeCase(slug, name, {
        caseId: next.id,
        author,
        message,
        decide(current) {
          if (!current) throw caseNotFound(name, next.id)
          if (expectedRevision !== undefined && current.since > expectedRevision)
            throw new TouchstoneError(
              'conflict',
              `The case ${JSON.stringify(next.id)} was changed in revision ${current.since}, after the revision ${expectedRevision} that was edited.`,
              'Look at the newer state and make the change again.',
            )
          return next
        },
      })
    },

    async deleteCase(slug, name, { caseId, author, message }) {
      return await changeCase(slug, name, {
        caseId,
        author,
        message,
        decide(current) {
          if (!current) throw caseNotFound(name, caseId)
          return null
        },
      })
    },

    async findMirrored(slug, name, reading) {
      const policyId = findPolicyId(raw, slug)
      const sets = policyId === null ? [] : listGoldenSets(raw, policyId)
      const named = sets.find((set) => set.name === name)
      const found = (named ? [named] : sets).find((set) => isDeepStrictEqual(findMirrored(raw, set.id), { reading, revision: set.head }))
      return found ? { goldenSet: found.name, revision: found.head } : null
    },

    async rememberMirrored(slug, name, mirrored) {
      const { id } = await get(slug, name)
      await database.writeLock.run(() => keepMirrored(raw, id, mirrored))
    },

    async importCases({ policySlug, goldenName, cases, mode, author, message, onProgress, dryRun = false }) {
      if (!slugSchema.safeParse(policySlug).success)
        throw new TouchstoneError(
          'invalid-input',
          `The policy name ${JSON.stringify(policySlug)} is not usable.`,
          'Use lower-case letters, digits and "-", starting with a letter or digit.',
        )
      if (goldenName.trim() === '' || goldenName.length > 100 || /[/@\p{Cc}]/u.test(goldenName))
        throw new TouchstoneError(
          'invalid-input',
          `The golden set name ${JSON.stringify(goldenName)} is not usable.`,
          'Use 1 to 100 characters without "/" and "@".',
        )
      const result = await importGoldenCases(database, {
        policySlug,
        goldenName,
        cases,
        mirror: mode === 'mirror',
        dryRun,
        author,
        message,
        nowMs: now(),
        reconcileScheme,
        onProgress,
      })
      const { goldenSetId, caseCount: _count, ...report } = result
      // Counted now, so that the first look at the set does not wait for it.
      if (goldenSetId !== null && !dryRun) await facetCounts.read({ goldenSetId, revision: result.revision })
      return { ...report, goldenSet: goldenName, skipped: 0 }
    },

    async *stream(slug, name, revision) {
      yield* queries.stream(await revisionKey(slug, name, revision))
    },
  }

  function toCondition(goldenSetId: string, { text, label, facets, mustPass, sealedAt, history: lived }: CaseFilter): CaseCondition {
    return { text, label, facets, mustPass, sealedAt, history: lived && history.condition(goldenSetId, lived) }
  }
}

/** Labels are the policy's own and must be known; rules and severities that it lacks are added. */
function reconcileScheme(current: VerdictScheme | null, { labels, rules, severities }: StagedVocabulary): VerdictScheme {
  const scheme = current ?? defaultVerdictScheme
  const known = new Set(scheme.labels.map(({ id }) => id))
  const unknown = [...labels].filter(([label]) => !known.has(label))
  const [first] = unknown
  if (first)
    throw new TouchstoneError(
      'invalid-input',
      `The label ${JSON.stringify(first[0])} of case ${JSON.stringify(first[1])} is not one of the policy's: ${[...known].join(', ')}.` +
        (unknown.length > 1 ? ` So are ${unknown.length - 1} more.` : ''),
      'Map the labels of the file to those of the policy, for example with --positive VALUE.',
    )
  return extendScheme(scheme, { rules: [...rules].map((id) => ({ id })), severities: [...severities] })
}

function caseNotFound(name: string, caseId: string, revision?: number): TouchstoneError {
  return new TouchstoneError(
    'not-found',
    `The golden set "${name}" has no case ${JSON.stringify(caseId)}${revision === undefined ? '' : ` in revision ${revision}`}.`,
  )
}
