import { data, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { z } from 'zod'
import { readCaseFilter } from '~/components/golden-set/case-filter-url'
import { checkCaseForm, readCaseForm, toGoldenCase } from '~/components/golden-set/case-form-schema'
import { casesPageSize, GoldenSetPage, type GoldenSetView } from '~/components/golden-set/golden-set-page'
import { preferencesPath } from '~/components/ui/preferences'
import { toErrorResponse, withErrorResponse } from '~/lib/http-status'
import { requireParameter } from './_lib/form-answer.server'
import { parseInput } from './_lib/parse-input.server'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction<typeof loader> = ({ data: view }) => [
  { title: view ? `${view.goldenSet.name} · ${view.policy.name} · Touchstone` : 'Golden set · Touchstone' },
]

const revisionSchema = z.coerce.number().int().min(1).optional().catch(undefined)

export async function loader({ request, params, context }: LoaderFunctionArgs): Promise<GoldenSetView> {
  return withErrorResponse(async () => {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const query = new URL(request.url).searchParams
    const { policies, goldenSets, health, holdout } = context.workspace
    const [policy, goldenSet, all, revisions] = await Promise.all([
      policies.get(slug),
      goldenSets.get(slug, name),
      goldenSets.list(slug),
      goldenSets.revisions(slug, name),
    ])
    const asked = revisionSchema.parse(query.get('revision') ?? undefined)
    const revision = asked !== undefined && asked <= goldenSet.head ? asked : goldenSet.head
    const hasCases = goldenSet.head > 0
    const [facets, first, summary, sealed] = await Promise.all([
      hasCases ? goldenSets.facets(slug, name, revision) : [],
      hasCases
        ? goldenSets.cases(slug, name, { revision, filter: readCaseFilter(query), offset: 0, limit: casesPageSize })
        : { total: 0, rows: [] },
      hasCases ? health.summary(slug, name) : null,
      hasCases ? holdout.state(slug, name, context.lookIds) : null,
    ])
    return {
      policy: { slug, name: policy.name, scheme: policy.scheme },
      goldenSet,
      otherSets: all.map((set) => set.name).filter((other) => other !== name),
      revision,
      revisions,
      facets,
      first,
      health: summary,
      holdout: sealed && sealed.cases > 0 ? { cases: sealed.cases, openUntil: sealed.open?.openUntil ?? null } : null,
    }
  })
}

/** Filters, the open case and preferences are only about how the set is looked at. */
export const shouldRevalidate: ShouldRevalidateFunction = ({
  currentUrl,
  nextUrl,
  currentParams,
  nextParams,
  formAction,
  defaultShouldRevalidate,
}) => {
  if (formAction === preferencesPath) return false
  if (formAction || currentUrl.href === nextUrl.href || currentParams.name !== nextParams.name || currentParams.slug !== nextParams.slug)
    return defaultShouldRevalidate
  return currentUrl.searchParams.get('revision') !== nextUrl.searchParams.get('revision')
}

const changeSchema = z.object({
  intent: z.enum(['add', 'update', 'delete']),
  expectedRevision: z.coerce.number().int().min(1).optional(),
})
const deleteSchema = z.object({
  id: z.string().min(1),
  message: z.string().trim().min(1, 'Say in a few words why.').max(500, 'Use at most 500 characters.'),
})

/** Adds, changes or deletes one case; each makes a revision with who and why. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  try {
    const [slug, name] = [requireParameter(params, 'slug'), requireParameter(params, 'name')]
    const { goldenSets, policies } = context.workspace
    const { author } = await readPreferences(request)
    const form = await request.formData()
    const { intent, expectedRevision } = parseInput(changeSchema, {
      intent: form.get('intent'),
      expectedRevision: form.get('expectedRevision') ?? undefined,
    })
    if (intent === 'delete') {
      const { id, message } = parseInput(deleteSchema, Object.fromEntries(form))
      await goldenSets.deleteCase(slug, name, { caseId: id, author, message })
      return { deleted: id }
    }
    const reading = readCaseForm(form)
    if (!reading.ok) return data({ errors: reading.errors }, { status: 400 })
    const errors = checkCaseForm(reading.form, (await policies.get(slug)).scheme)
    if (Object.keys(errors).length > 0) return data({ errors }, { status: 400 })
    const before = intent === 'update' ? (await goldenSets.case(slug, name, reading.form.id)).case : null
    const change = { case: toGoldenCase(reading.form, before), author, message: reading.form.message }
    if (before) await goldenSets.updateCase(slug, name, { ...change, expectedRevision })
    else await goldenSets.addCase(slug, name, change)
    return { saved: reading.form.id }
  } catch (error) {
    return toErrorResponse(error)
  }
}

export default function GoldenSetRoute() {
  const view = useLoaderData<typeof loader>()
  return (
    <GoldenSetPage
      key={`${view.policy.slug}/${view.goldenSet.name}/${view.revision === view.goldenSet.head ? 'head' : view.revision}`}
      view={view}
    />
  )
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
