import { isRouteErrorResponse, useLocation, useRouteError } from '@remix-run/react'
import { Button, ButtonLink } from './button'
import { ErrorNotice, readErrorBody } from './notices'
import { Page } from './panel'

/** The error boundary of every route tree: what happened, and what to do next. `export { RouteErrorBoundary as ErrorBoundary }`. */
export function RouteErrorBoundary() {
  const error = useRouteError()
  const { pathname } = useLocation()
  const { title, advice, missing } = describe(error, pathname)
  return (
    <Page>
      <h1 className="mb-4 text-xl font-semibold">{missing ? 'Not found' : 'This did not work'}</h1>
      <ErrorNotice
        title={title}
        advice={advice}
        actions={
          <>
            {!missing && (
              <Button size="sm" onClick={() => window.location.reload()}>
                Try again
              </Button>
            )}
            <ButtonLink size="sm" to="/">
              Go to the policies
            </ButtonLink>
          </>
        }
      />
    </Page>
  )
}

function describe(error: unknown, pathname: string): { title: string; advice: string; missing: boolean } {
  if (isRouteErrorResponse(error)) {
    const body = readErrorBody(error.data)
    const missing = error.status === 404
    if (body)
      return {
        title: body.message,
        advice:
          body.advice ?? (missing ? 'Check the address, or choose from the policies.' : 'Try again; the log of the server says more.'),
        missing,
      }
    if (missing) return { title: `There is no page at ${pathname}.`, advice: 'Check the address, or choose from the policies.', missing }
    return {
      title: `The server answered ${error.status} ${error.statusText}`.trim(),
      advice: 'Try again; the log of the server says more.',
      missing,
    }
  }
  return {
    title: 'Something unexpected went wrong while this page was made.',
    advice: 'Your saved work is safe. Try again; if it happens again, the log of the server (and the console of the browser) says more.',
    missing: false,
  }
}
