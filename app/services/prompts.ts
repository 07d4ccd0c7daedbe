import { TouchstoneError } from '~/lib/errors'
import { hashPromptText, normaliseLineEnds } from '~/lib/hash'
import { createId } from '~/lib/ids'
import type { TouchstoneDatabase } from '~/storage/database'
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
  const { prisma, writeLock } = database

  const policyIdOf = async (slug: string): Promise<string> => {
    const policy = await prisma.policy.findUnique({ where: { slug }, select: { id: true } })
    if (!policy) throw policyNotFound(slug)
    return policy.id
  }

  const readVersions = (policyId: string, where: { number?: number; textHash?: string } = {}) =>
    prisma.promptVersion.findMany({
      where: { policyId, ...where },
      include: { parent: { select: { number: true } }, labels: { select: { name: true } } },
      orderBy: { number: 'desc' },
    })
  type VersionRow = Awaited<ReturnType<typeof readVersions>>[number]

  const toViews = async (policyId: string, rows: VersionRow[]): Promise<PromptVersionView[]> => {
    const accuracies = await findAccuracies(
      database,
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
        parentNumber: row.parent?.number ?? null,
        textHash: row.textHash,
        labels: row.labels.map(({ name }) => name).sort(),
        accuracy: accuracy ? { value: accuracy.value, n: accuracy.n, replayId: accuracy.replayId, rehearsal: accuracy.rehearsal } : null,
      }
    })
  }

  const versionByNumber = async (policyId: string, slug: string, number: number) => {
    const version = await prisma.promptVersion.findUnique({ where: { policyId_number: { policyId, number } } })
    if (!version) throw new TouchstoneError('not-found', `The policy "${slug}" has no version ${number}.`)
    return version
  }

  const readDraft = async (policyId: string): Promise<DraftView> => {
    const [row, head] = await Promise.all([
      prisma.draft.findUnique({ where: { policyId }, include: { baseVersion: true } }),
      prisma.promptVersion.findFirst({ where: { policyId }, orderBy: { number: 'desc' }, include: { text: true } }),
    ])
    // Nothing is written before somebody edits: until then the draft is the newest version, at revision 0.
    const text = row ? row.text : (head?.text.text ?? '')
    const base = row ? row.baseVersion : head
    const textHash = hashPromptText(text)
    const same = await prisma.promptVersion.findUnique({ where: { policyId_textHash: { policyId, textHash } }, select: { number: true } })
    return {
      text,
      revision: row?.revision ?? 0,
      baseVersion: base && { id: base.id, number: base.number, message: base.message },
      updatedAt: row?.updatedAt ?? head?.createdAt ?? now(),
      textHash,
      sameAsVersion: same?.number ?? null,
    }
  }

  return {
    async versions(slug) {
      const policyId = await policyIdOf(slug)
      return await toViews(policyId, await readVersions(policyId))
    },

    async versionText(slug, number) {
      const policyId = await policyIdOf(slug)
      const { textHash } = await versionByNumber(policyId, slug, number)
      const [[version], text] = await Promise.all([
        readVersions(policyId, { number }).then((rows) => toViews(policyId, rows)),
        prisma.promptText.findUniqueOrThrow({ where: { hash: textHash } }),
      ])
      if (!version) throw new TouchstoneError('not-found', `The policy "${slug}" has no version ${number}.`)
      return { version, text: text.text }
    },

    async textByHash(hash) {
      const row = await prisma.promptText.findUnique({ where: { hash } })
      if (!row) throw new TouchstoneError('not-found', `No prompt text has the hash ${JSON.stringify(hash)}.`)
      return row.text
    },

    async draft(slug) {
      return await readDraft(await policyIdOf(slug))
    },

    async saveDraft(slug, { text, expectedRevision, author }) {
      refuseLongText(text)
      const policyId = await policyIdOf(slug)
      return await writeLock.run(async () => {
        const before = await readDraft(policyId)
        if (before.revision !== expectedRevision) return { status: 'conflict', theirs: before, yours: text }
        const data = { text: normaliseLineEnds(text), revision: expectedRevision + 1, author, updatedAt: now() }
        // The condition is in the write itself: a save of another process in between makes it miss.
        const written =
          expectedRevision === 0
            ? await createDraft(policyId, { ...data, baseVersionId: before.baseVersion?.id ?? null })
            : (await prisma.draft.updateMany({ where: { policyId, revision: expectedRevision }, data })).count === 1
        const draft = await readDraft(policyId)
        return written ? { status: 'saved', draft } : { status: 'conflict', theirs: draft, yours: text }
      })
    },

    async createVersion(slug, { text, message, author, parentNumber }) {
      refuseLongText(text)
      if (text.trim() === '')
        throw new TouchstoneError('invalid-input', 'The prompt text is empty.', 'Write the rules that the model is to follow.')
      const policyId = await policyIdOf(slug)
      const textHash = hashPromptText(text)
      const { number: made, created } = await writeLock.run(async () => {
        const parentId = await findParent(policyId, slug, textHash, parentNumber)
        for (let attempt = 1; ; attempt += 1) {
          const [known] = await readVersions(policyId, { textHash })
          if (known) return { number: known.number, created: false }
          const newest = await prisma.promptVersion.findFirst({
            where: { policyId },
            orderBy: { number: 'desc' },
            select: { number: true },
          })
          try {
            const version = await prisma.promptVersion.create({
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
      const [version] = await toViews(policyId, await readVersions(policyId, { number: made }))
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
      const policyId = await policyIdOf(slug)
      await writeLock.run(async () => {
        const [version, present] = await Promise.all([
          versionByNumber(policyId, slug, number),
          prisma.versionLabel.findUnique({ where: { policyId_name: { policyId, name: label } } }),
        ])
        if (present?.versionId === version.id) return
        await prisma.$transaction([
          prisma.versionLabel.upsert({
            where: { policyId_name: { policyId, name: label } },
            create: { policyId, name: label, versionId: version.id, movedAt: now() },
            update: { versionId: version.id, movedAt: now() },
          }),
          prisma.versionLabelMove.create({
            data: {
              id: createId(),
              policyId,
              name: label,
              fromVersionId: present?.versionId ?? null,
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
      const policyId = await policyIdOf(slug)
      const [moves, versions] = await Promise.all([
        prisma.versionLabelMove.findMany({ where: { policyId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] }),
        prisma.promptVersion.findMany({ where: { policyId }, select: { id: true, number: true } }),
      ])
      const numbers = new Map(versions.map(({ id, number }) => [id, number]))
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
      await prisma.draft.create({ data: { policyId, ...data } })
      return true
    } catch (error) {
      if (isUniqueViolation(error)) return false
      throw error
    }
  }

  /** The version that a new text was made from: the one named, else the draft's when this is its text, else the newest. */
  async function findParent(
    policyId: string,
    slug: string,
    textHash: string,
    parentNumber: number | null | undefined,
  ): Promise<string | null> {
    if (parentNumber === null) return null
    if (parentNumber !== undefined) return (await versionByNumber(policyId, slug, parentNumber)).id
    const draft = await readDraft(policyId)
    if (draft.textHash === textHash && draft.baseVersion) return draft.baseVersion.id
    const newest = await prisma.promptVersion.findFirst({ where: { policyId }, orderBy: { number: 'desc' }, select: { id: true } })
    return newest?.id ?? null
  }

  /** A draft whose text became a version goes on from that version. */
  async function adoptVersion(policyId: string, version: Pick<PromptVersionView, 'id' | 'textHash'>): Promise<void> {
    const draft = await prisma.draft.findUnique({ where: { policyId } })
    if (draft && hashPromptText(draft.text) === version.textHash)
      await prisma.draft.update({ where: { policyId }, data: { baseVersionId: version.id } })
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
