import { TouchstoneError } from '~/lib/errors'
import { hashPromptText, normaliseLineEnds } from '~/lib/hash'
import { createId } from '~/lib/ids'
import type { TouchstoneDatabase } from '~/storage/database'
import { findPolicyId } from '~/storage/sqlite/policy-rows'
import { findDraft, findLabelledVersion, findPromptText, findVersion, listVersions, type VersionRow } from '~/storage/sqlite/prompt-rows'
import type { ReplayScores } from '~/storage/sqlite/replay-scores'
import { findAccuracies } from './accuracies'
import { policyNotFound } from './policies'
import type { DraftView, PromptService, PromptVersionView } from './workspace-api'

const maximumTextLength = 1_000_000
const labelPattern = /^[a-z][a-z0-9-]{0,39}$/
/** Another process may take the number between the look and the write; its unique key says so. */
const numberAttempts = 5

export function createPromptService({
  database,
  scores,
  now,
}: {
  database: TouchstoneDatabase
  scores: ReplayScores
  now: () => number
}): PromptService {
  const { prisma, raw, writeLock } = database

  const policyIdOf = (slug: string): string => {
    const policyId = findPolicyId(raw, slug)
    if (policyId === null) throw policyNotFound(slug)
    return policyId
  }

  const toViews = async (policyId: string, rows: VersionRow[]): Promise<PromptVersionView[]> => {
    const accuracies = await findAccuracies(
      raw,
      scores,
      policyId,
      rows.map(({ textHash }) => textHash),
    )
    return rows.map((row) => {
      const accuracy = accuracies.get(row.textHash)
      return {
        id: row.id,
        number: row.number,
        message: row.message,
        author: row.author,
        createdAt: row.createdAt,
        parentNumber: row.parentNumber,
        textHash: row.textHash,
        labels: row.labels,
        accuracy: accuracy ? { value: accuracy.value, n: accuracy.n, replayId: accuracy.replayId, rehearsal: accuracy.rehearsal } : null,
      }
    })
  }

  const versionByNumber = (policyId: string, slug: string, number: number): VersionRow => {
    const version = findVersion(raw, policyId, { number })
    if (!version) throw new TouchstoneError('not-found', `The policy "${slug}" has no version ${number}.`)
    return version
  }

  const readDraft = (policyId: string): DraftView => {
    const row = findDraft(raw, policyId)
    const [head] = listVersions(raw, policyId, { limit: 1 })
    // Nothing is written before somebody edits: until then the draft is the newest version, at revision 0.
    const text = row ? row.text : head ? (findPromptText(raw, head.textHash) ?? '') : ''
    const base = row ? row.baseVersionId && findVersion(raw, policyId, { id: row.baseVersionId }) : head
    const textHash = hashPromptText(text)
    const same = findVersion(raw, policyId, { textHash })
    return {
      text,
      revision: row?.revision ?? 0,
      baseVersion: base ? { id: base.id, number: base.number, message: base.message } : null,
      updatedAt: row?.updatedAt ?? head?.createdAt ?? now(),
      textHash,
      sameAsVersion: same?.number ?? null,
    }
  }

  return {
    async versions(slug) {
      const policyId = policyIdOf(slug)
      return await toViews(policyId, listVersions(raw, policyId))
    },

    async versionText(slug, number) {
      const policyId = policyIdOf(slug)
      const row = versionByNumber(policyId, slug, number)
      const [version] = await toViews(policyId, [row])
      const text = findPromptText(raw, row.textHash)
      if (!version || text === null) throw new TouchstoneError('storage', `Version ${number} of "${slug}" cannot be read.`)
      return { version, text }
    },

    async textByHash(hash) {
      const text = findPromptText(raw, hash)
      if (text === null) throw new TouchstoneError('not-found', `No prompt text has the hash ${JSON.stringify(hash)}.`)
      return text
    },

    async draft(slug) {
      return readDraft(policyIdOf(slug))
    },

    async saveDraft(slug, { text, expectedRevision, author }) {
      refuseLongText(text)
      const policyId = policyIdOf(slug)
      return await writeLock.run(async () => {
        const before = readDraft(policyId)
        if (before.revision !== expectedRevision) return { status: 'conflict', theirs: before, yours: text }
        const data = { text: normaliseLineEnds(text), revision: expectedRevision + 1, author, updatedAt: now() }
        // The condition is in the write itself: a save of another process in between makes it miss.
        const written =
          expectedRevision === 0
            ? await createDraft(policyId, { ...data, baseVersionId: before.baseVersion?.id ?? null })
            : (await (await prisma()).draft.updateMany({ where: { policyId, revision: expectedRevision }, data })).count === 1
        const draft = readDraft(policyId)
        return written ? { status: 'saved', draft } : { status: 'conflict', theirs: draft, yours: text }
      })
    },

    async createVersion(slug, { text, message, author, parentNumber }) {
      refuseLongText(text)
      if (text.trim() === '')
        throw new TouchstoneError('invalid-input', 'The prompt text is empty.', 'Write the rules that the model is to follow.')
      const policyId = policyIdOf(slug)
      const textHash = hashPromptText(text)
      const { number: made, created } = await writeLock.run(async () => {
        const parentId = findParent(policyId, slug, textHash, parentNumber)
        for (let attempt = 1; ; attempt += 1) {
          const known = findVersion(raw, policyId, { textHash })
          if (known) return { number: known.number, created: false }
          const [newest] = listVersions(raw, policyId, { limit: 1 })
          try {
            const version = await (
              await prisma()
            ).promptVersion.create({
              data: {
                id: createId(),
                policy: { connect: { id: policyId } },
                number: (newest?.number ?? 0) + 1,
                message,
                author,
                parent: parentId === null ? undefined : { connect: { id: parentId } },
                createdAt: now(),
                text: {
                  connectOrCreate: {
                    where: { hash: textHash },
                    create: { hash: textHash, text: normaliseLineEnds(text), createdAt: now() },
                  },
                },
              },
            })
            await adoptVersion(policyId, version)
            return { number: version.number, created: true }
          } catch (error) {
            if (!isUniqueViolation(error) || attempt === numberAttempts) throw error
          }
        }
      })
      // Outside the lock: what a version is worth may have to be found out first, which writes too.
      const [version] = await toViews(policyId, listVersions(raw, policyId, { number: made }))
      if (!version) throw new TouchstoneError('storage', `Version ${made} of "${slug}" was written and cannot be read.`)
      return { version, created }
    },

    async moveLabel(slug, { label, number, author, note }) {
      if (!labelPattern.test(label))
        throw new TouchstoneError(
          'invalid-input',
          `The label ${JSON.stringify(label)} is not usable.`,
          'Use lower-case letters, digits and "-", such as "production".',
        )
      const policyId = policyIdOf(slug)
      await writeLock.run(async () => {
        const version = versionByNumber(policyId, slug, number)
        const present = findLabelledVersion(raw, policyId, label)
        if (present?.id === version.id) return
        const client = await prisma()
        await client.$transaction([
          client.versionLabel.upsert({
            where: { policyId_name: { policyId, name: label } },
            create: { policyId, name: label, versionId: version.id, movedAt: now() },
            update: { versionId: version.id, movedAt: now() },
          }),
          client.versionLabelMove.create({
            data: {
              id: createId(),
              policyId,
              name: label,
              fromVersionId: present?.id ?? null,
              toVersionId: version.id,
              author,
              note: note ?? '',
              createdAt: now(),
            },
          }),
        ])
      })
    },

    async labelHistory(slug) {
      const policyId = policyIdOf(slug)
      const moves = await (
        await prisma()
      ).versionLabelMove.findMany({ where: { policyId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })
      const numbers = new Map(listVersions(raw, policyId).map(({ id, number }) => [id, number]))
      return moves.flatMap(({ name, fromVersionId, toVersionId, author, note, createdAt }) => {
        const to = numbers.get(toVersionId)
        const from = fromVersionId === null ? null : (numbers.get(fromVersionId) ?? null)
        return to === undefined ? [] : [{ label: name, from, to, author, note, createdAt }]
      })
    },
  }

  /** False when another process was quicker. */
  async function createDraft(
    policyId: string,
    data: { text: string; revision: number; author: string; updatedAt: number; baseVersionId: string | null },
  ): Promise<boolean> {
    try {
      await (await prisma()).draft.create({ data: { policyId, ...data } })
      return true
    } catch (error) {
      if (isUniqueViolation(error)) return false
      throw error
    }
  }

  /** The version that a new text was made from: the one named, else the draft's when this is its text, else the newest. */
  function findParent(policyId: string, slug: string, textHash: string, parentNumber: number | null | undefined): string | null {
    if (parentNumber === null) return null
    if (parentNumber !== undefined) return versionByNumber(policyId, slug, parentNumber).id
    const draft = readDraft(policyId)
    if (draft.textHash === textHash && draft.baseVersion) return draft.baseVersion.id
    return listVersions(raw, policyId, { limit: 1 })[0]?.id ?? null
  }

  /** A draft whose text became a version goes on from that version. */
  async function adoptVersion(policyId: string, version: Pick<PromptVersionView, 'id' | 'textHash'>): Promise<void> {
    const draft = findDraft(raw, policyId)
    if (draft && hashPromptText(draft.text) === version.textHash)
      await (await prisma()).draft.update({ where: { policyId }, data: { baseVersionId: version.id } })
  }
}

function refuseLongText(text: string): void {
  if (text.length > maximumTextLength)
    throw new TouchstoneError(
      'invalid-input',
      `The prompt text has ${text.length} characters; at most ${maximumTextLength} are kept.`,
      'Shorten it: no model reads that much.',
    )
}

/** Prisma's code for a broken unique key. */
function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2002'
}
