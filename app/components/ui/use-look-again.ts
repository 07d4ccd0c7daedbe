import { useRevalidator } from '@remix-run/react'
import { useEffect } from 'react'

const lookAgainMs = 2000

/** Asks the server again while something is under way. */
export function useLookAgain(needed: boolean, everyMs = lookAgainMs) {
  const { revalidate, state } = useRevalidator()
  useEffect(() => {
    if (!needed || state !== 'idle') return
    const timer = setTimeout(revalidate, everyMs)
    return () => clearTimeout(timer)
  }, [needed, revalidate, state, everyMs])
}
