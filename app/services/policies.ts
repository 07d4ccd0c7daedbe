import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { gateConditionsSchema } from '~/domain/gate/gate-conditions'
import { modelConfigurationSchema, type ModelConfiguration } from '~/replay/model-configuration'
import { errorCostSchema, policyDefinitionSchema } from '~/domain/policy/policy'
import { verdictSchemeSchema, type VerdictScheme } from '~/domain/policy/verdict-scheme'
import { wilsonInterval } from '~/domain/statistics/binomial-intervals'
import { TouchstoneError } from '~/lib/errors'
import { hashText } from '~/lib/hash'
import { createId } from '~/lib/ids'
import type { TouchstoneDatabase } from '~/storage/database'
import { findPolicy, listPolicies, type PolicyRow } from '~/storage/sqlite/policy-rows'
import { findLabelledVersion, listVersions } from '~/storage/sqlite/prompt-rows'
import type { ReplayScores } from '~/storage/sqlite/replay-scores'
import { findAccuracies } from './accuracies'
import type { GoldenSetService, Policy, PolicyGate, PolicyService, PolicySummary, ReplayService } from './workspace-api'

/** Columns in another order are another layout: the same names may mean other things there. */
const mappingKey = (slug: string, columns: readonly string[]) => `import-mapping/${slug}/${hashText(JSON.stringify(columns))}`

export function createPolicyService(dependencies: {
  database: TouchstoneDatabase
  scores: ReplayScores
  goldenSets: Pick<GoldenSetService, 'list'>
  replays: Pick<ReplayService, 'list'>
  now: () => number
}): PolicyService {
  const { database, scores, goldenSets, replays, now } = dependencies
  const { prisma, raw, writeLock } = database

  const find = async (slug: string): Promise<Policy | null> => {
    const row = findPolicy(raw, slug)
    return row && toPolicy(row)
  }
  const readGates = async (slug: string): Promise<PolicyGate[]> => {
    const row = findPolicy(raw, slug)
    if (!row) throw policyNotFound(slug)
    return row.gate === null ? [] : storedGatesSchema.parse(row.gate).gates
  }
  const get = async (slug: string): Promise<Policy> => {
    const policy = await find(slug)
    if (!policy) throw policyNotFound(slug)
    return policy
  }

  const summarise = async (row: PolicyRow): Promise<PolicySummary> => {
    const [sets, [lastReplay = null]] = await Promise.all([goldenSets.list(row.slug), replays.list({ policySlug: row.slug, limit: 1 })])
    const [head = null] = listVersions(raw, row.id, { limit: 1 })
    const production = findLabelledVersion(raw, row.id, 'production')
    const judged = production ?? head
    const accuracies = judged ? await findAccuracies(raw, scores, row.id, [judged.textHash]) : null
    const accuracy = (judged && accuracies?.get(judged.textHash)) ?? null
    return {
      slug: row.slug,
      name: row.name,
      description: row.description,
      production: production && toReference(production),
      head: head && toReference(head),
      accuracy: accuracy && { ...accuracy, ...wilsonInterval({ successes: accuracy.correct, n: accuracy.n, confidence: 0.95 }) },
      lastReplay,
      goldenSets: sets,
      versionCount: head?.number ?? 0,
    }
  }

  return {
    find,
    get,

    async list() {
      return await Promise.all(listPolicies(raw).map(summarise))
    },

    async create(definition) {
      const parsed = policyDefinitionSchema.safeParse(definition)
      if (!parsed.success) {
        const [issue] = parsed.error.issues
        throw new TouchstoneError('invalid-input', `The policy is not usable: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`)
      }
      const { slug, name, description, verdicts, errorCosts, productionPrevalence } = parsed.data
      return await writeLock.run(async () => {
        if (await find(slug)) throw new TouchstoneError('conflict', `There is already a policy "${slug}".`, 'Choose another slug.')
        const row = await (
          await prisma()
        ).policy.create({
          data: {
            id: createId(),
            slug,
            name,
            description,
            scheme: verdicts,
            errorCosts,
            productionPrevalence: productionPrevalence ?? null,
            createdAt: now(),
            updatedAt: now(),
          },
        })
        return toPolicy(row)
      })
    },

    async extendScheme(slug, additions) {
      return await writeLock.run(async () => {
        const policy = await get(slug)
        const scheme = extendScheme(policy.scheme, additions)
        if (isDeepStrictEqual(scheme, policy.scheme)) return policy
        return toPolicy(await (await prisma()).policy.update({ where: { slug }, data: { scheme, updatedAt: now() } }))
      })
    },

    async setModel(slug, model: ModelConfiguration) {
      const parsed = modelConfigurationSchema.safeParse(model)
      if (!parsed.success) {
        const [issue] = parsed.error.issues
        throw new TouchstoneError('invalid-input', `The model is not usable: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`)
      }
      return await writeLock.run(async () => {
        await get(slug)
        return toPolicy(await (await prisma()).policy.update({ where: { slug }, data: { model: parsed.data, updatedAt: now() } }))
      })
    },

    async importMapping(slug, columns) {
      const fact = await (await prisma()).workspaceFact.findUnique({ where: { key: mappingKey(slug, columns) } })
      return typeof fact?.value === 'string' ? fact.value : null
    },

    async rememberImportMapping(slug, columns, value) {
      const key = mappingKey(slug, columns)
      await writeLock.run(async () => (await prisma()).workspaceFact.upsert({ where: { key }, create: { key, value }, update: { value } }))
    },

    async gates(slug) {
      return (await readGates(slug)).toReversed()
    },

    async saveGate(slug, { conditions, author, message }) {
      return await writeLock.run(async () => {
        const gate = { conditions, author, message, createdAt: now() }
        const gates = [...(await readGates(slug)), gate]
        await (await prisma()).policy.update({ where: { slug }, data: { gate: { schema: gatesSchemaName, gates }, updatedAt: now() } })
        return gate
      })
    },
  }
}

/** The column `gate` keeps every gate that was set, oldest first: a gate is what a rollout was decided on. */
const gatesSchemaName = 'touchstone.policy-gates/1'
const storedGatesSchema = z.object({
  schema: z.literal(gatesSchemaName),
  gates: z.array(z.object({ conditions: gateConditionsSchema, author: z.string(), message: z.string(), createdAt: z.number() })),
})

export function policyNotFound(slug: string): TouchstoneError {
  return new TouchstoneError('not-found', `There is no policy "${slug}".`, 'The policies page lists those there are.')
}

/** Adds what `additions` names and `scheme` lacks, in order. Throws `invalid-input` when the result is no scheme. */
export function extendScheme(scheme: VerdictScheme, additions: Partial<VerdictScheme>): VerdictScheme {
  const missing = <T extends { id: string }>(present: readonly T[], added: readonly T[] = []) =>
    added.filter(({ id }, index) => !present.some((item) => item.id === id) && added.findIndex((item) => item.id === id) === index)
  const severities = new Set([...scheme.severities, ...(additions.severities ?? [])])
  const parsed = verdictSchemeSchema.safeParse({
    labels: [...scheme.labels, ...missing(scheme.labels, additions.labels)],
    rules: [...scheme.rules, ...missing(scheme.rules, additions.rules)],
    severities: [...severities],
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const [list, index] = issue?.path ?? []
  const culprit = list === 'rules' && typeof index === 'number' ? additions.rules?.[index - scheme.rules.length]?.id : undefined
  throw new TouchstoneError(
    'invalid-input',
    `The verdict scheme cannot be extended${culprit === undefined ? '' : ` with ${JSON.stringify(culprit)}`}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
    'Map the values to ids of the scheme.',
  )
}

function toPolicy(row: Omit<PolicyRow, 'gate'>): Policy {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    scheme: verdictSchemeSchema.parse(row.scheme),
    errorCosts: errorCostSchema.array().parse(row.errorCosts),
    productionPrevalence: row.productionPrevalence,
    model: row.model === null ? null : modelConfigurationSchema.parse(row.model),
    createdAt: row.createdAt,
  }
}

const toReference = ({ id, number, message }: { id: string; number: number; message: string }) => ({ id, number, message })
