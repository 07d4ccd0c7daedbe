import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { withErrorResponse } from '~/lib/http-status'

export const meta: MetaFunction = () => [{ title: 'Policies · Touchstone' }]

export async function loader({ context }: LoaderFunctionArgs) {
  return withErrorResponse(async () => ({ policies: await context.workspace.policies.list() }))
}

export default function Policies() {
  const { policies } = useLoaderData<typeof loader>()
  return (
    <main>
      <h1>Policies</h1>
      <ul>
        {policies.map((policy) => (
          <li key={policy.slug}>{policy.name}</li>
        ))}
      </ul>
    </main>
  )
}
