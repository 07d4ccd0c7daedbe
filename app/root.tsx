import type { LinksFunction, LoaderFunctionArgs } from '@remix-run/node'
import { Links, Meta, Outlet, Scripts, ScrollRestoration, type ShouldRevalidateFunction } from '@remix-run/react'
import type { ReactNode } from 'react'
import { useNonce } from './components/ui/nonce'
import { preferencesPath, usePreferences, type RootData } from './components/ui/preferences'
import { ShortcutsProvider } from './components/ui/shortcuts'
import { MessengerProvider } from './components/ui/toast'
import { TooltipProvider } from './components/ui/tooltip'
import { TopBar } from './components/ui/top-bar'
import { readPreferences } from './routes/_lib/preferences.server'
import stylesHref from './styles/app.css?url'

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: stylesHref },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
]

export async function loader({ request }: LoaderFunctionArgs): Promise<RootData> {
  return { preferences: await readPreferences(request), renderedAtMs: Date.now() }
}

/** Preferences change only through their own action. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ formAction }) => formAction === preferencesPath

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce()
  const { theme } = usePreferences()
  return (
    <html lang="en" {...(theme === 'system' ? {} : { 'data-theme': theme })}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <Meta />
        <Links />
      </head>
      <body>
        <a href="#content" className="skip-link">
          Skip to the content
        </a>
        <TooltipProvider delayDuration={400}>
          <ShortcutsProvider>
            <MessengerProvider>
              <TopBar />
              {children}
            </MessengerProvider>
          </ShortcutsProvider>
        </TooltipProvider>
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  )
}

export default function App() {
  return <Outlet />
}

export { RouteErrorBoundary as ErrorBoundary } from './components/ui/route-error'
