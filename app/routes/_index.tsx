import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { Gem, Plus } from 'lucide-react'
import { useState } from 'react'
import { z } from 'zod'
import { FirstRun } from '~/components/policy/first-run'
import { NewPolicyDialog, type NewPolicyProblem } from '~/components/policy/new-policy-dialog'
import { PolicyList, type PolicyListItem } from '~/components/policy/policy-list'
import { Button } from '~/components/ui/button'
import { EmptyState } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { slugSchema } from '~/domain/policy/policy'
import { TouchstoneError } from '~/lib/errors'
import { withErrorResponse } from '~/lib/http-status'
import { loadPolicyOverview } from '~/services/policy-page'
import { readPreferences } from './_lib/preferences.server'

export const meta: MetaFunction = () => [{ title: 'Policies · Touchstone' }]

export async function loader({ context }: LoaderFunctionArgs): Promise<{ policies: PolicyListItem[] }> {
  return withErrorResponse(async () => ({ policies: await loadPolicyOverview(context.workspace) }))
}

const newPolicySchema = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(200, 'Use at most 200 characters.'),
  slug: slugSchema,
  description: z.string().trim().max(2000, 'Use at most 2,000 characters.').default(''),
})

/** Makes a policy and goes to its page. */
export async function action({ request, context }: ActionFunctionArgs) {
  const parsed = newPolicySchema.safeParse(Object.fromEntries(await request.formData()))
  const refuse = (problem: NewPolicyProblem) => data({ problem }, { status: 400 })
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const field = (['name', 'slug', 'description'] as const).find((name) => name === issue?.path[0]) ?? null
    return refuse({ message: issue?.message ?? 'The form is not complete.', advice: null, field })
  }
  const { author } = await readPreferences(request)
  try {
    const policy = await context.workspace.policies.create(
      { schema: 'touchstone.policy/1', ...parsed.data, verdicts: defaultVerdictScheme, errorCosts: [] },
      author,
    )
    return redirect(`/policies/${policy.slug}`)
  } catch (error) {
    if (!(error instanceof TouchstoneError)) throw error
    return refuse({ message: error.message, advice: error.advice ?? null, field: error.code === 'conflict' ? 'slug' : null })
  }
}

export default function Policies() {
  const { policies } = useLoaderData<typeof loader>()
  const [creating, setCreating] = useState(false)
  const guided = policies.find((policy) => policy.latestComparison) ?? policies.find((policy) => policy.head)
  const newPolicy = (
    <Button icon={Plus} onClick={() => setCreating(true)}>
      New policy
    </Button>
  )
  return (
    <Page>
      <PageHeader
        title="Policies"
        description="What is enforced, how well the prompt in force does it, and what the newest version would change."
        actions={policies.length > 0 && newPolicy}
      />
      {guided && <FirstRun slug={guided.slug} name={guided.name} />}
      {policies.length > 0 ? (
        <PolicyList policies={policies} />
      ) : (
        <Panel>
          <EmptyState
            icon={Gem}
            title="No policy yet"
            actions={
              <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
                New policy
              </Button>
            }
          >
            A policy holds the labels of its verdicts, the versions of its prompt and its golden sets. Make one, then import the cases that
            people have labelled.
          </EmptyState>
        </Panel>
      )}
      <NewPolicyDialog key={creating ? 'open' : 'closed'} open={creating} onOpenChange={setCreating} />
    </Page>
  )
}

export { RouteErrorBoundary as ErrorBoundary } from '~/components/ui/route-error'
