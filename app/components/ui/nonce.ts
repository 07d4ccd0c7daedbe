import { createContext, useContext } from 'react'

/** The nonce of the response's Content-Security-Policy; empty in the browser, where attributes no longer show it. */
export const NonceContext = createContext('')

export function useNonce(): string {
  return useContext(NonceContext)
}
