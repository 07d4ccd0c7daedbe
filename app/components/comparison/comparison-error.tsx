import { isRouteErrorResponse, useParams, useRouteError } from '@remix-run/react'
import { ButtonLink } from '~/components/ui/button'
import { ErrorNotice, readErrorBody } from '~/components/ui/notices'
import { Page, PageHeader } from '~/components/ui/panel'
import { RouteErrorBoundary } from '~/components/ui/route-error'

/** Two or more replays that cannot be compared: why, and the ways on. Every other failure is the business of the general boundary. */
export function ComparisonErrorBoundary() {
  const error = useRouteError()
  const { baseline, candidate } = useParams()
  const body = isRouteErrorResponse(error) ? readErrorBody(error.data) : null
  if (!body) return <RouteErrorBoundary />
  const unfinished = body.code === 'unfinished'
  return (
    <Page>
      <PageHeader
        title={unfinished ? 'Not ready to be compared' : baseline ? 'These two cannot be compared' : 'These replays cannot be compared'}
        breadcrumbs={[{ label: 'Replays', to: '/replays' }]}
      />
      <ErrorNotice
        title={body.message}
        advice={body.advice ?? 'Choose two finished replays of the same policy over the same golden set.'}
        actions={
          <>
            {body.code !== 'not-found' &&
              [baseline, candidate].map((reference, index) =>
                reference && !reference.includes('@') ? (
                  <ReplayLink key={index} reference={reference} role={index === 0 ? 'baseline' : 'candidate'} />
                ) : null,
              )}
            <ButtonLink size="sm" to="/replays">
              Choose replays
            </ButtonLink>
          </>
        }
      />
    </Page>
  )
}

function ReplayLink({ reference, role }: { reference: string; role: string }) {
  return (
    <ButtonLink size="sm" to={`/replays/${encodeURIComponent(reference)}`}>
      Open the {role}
    </ButtonLink>
  )
}
