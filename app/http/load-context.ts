import type { Workspace } from '../services/workspace-api'

/** What the HTTP server hands to every loader and action, as `context`. */
export type TouchstoneLoadContext = {
  /** With the holdouts sealed that this reader did not look into. */
  workspace: Workspace
  /** The looks into holdouts that this browser holds. */
  lookIds: readonly string[]
  /** For the Content-Security-Policy of this response. */
  nonce: string
}

declare module '@remix-run/node' {
  interface AppLoadContext extends TouchstoneLoadContext {}
}
