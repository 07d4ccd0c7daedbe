import type { Workspace } from '../services/workspace-api'

/** What the HTTP server hands to every loader and action, as `context`. */
export type TouchstoneLoadContext = {
  workspace: Workspace
  /** For the Content-Security-Policy of this response. */
  nonce: string
}

declare module '@remix-run/node' {
  interface AppLoadContext extends TouchstoneLoadContext {}
}
