import { useEffect, useState } from 'react'

type MonacoKit = ReturnType<typeof import('./monaco.client').prepareMonaco>
export type MonacoState = { module: MonacoKit | null; failed: boolean }

/** Fetches Monaco when the component stands; until then, and where it cannot be had, the caller shows its plain field. */
export function useMonaco(wanted = true): MonacoState {
  const [state, setState] = useState<MonacoState>({ module: null, failed: false })
  useEffect(() => {
    if (!wanted) return
    let gone = false
    import('./monaco.client').then(
      (module) => {
        if (gone) return
        setState({ module: module.prepareMonaco(), failed: false })
      },
      () => {
        if (!gone) setState({ module: null, failed: true })
      },
    )
    return () => {
      gone = true
    }
  }, [wanted])
  return wanted ? state : { module: null, failed: false }
}
