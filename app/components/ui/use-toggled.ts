import { useCallback, useState } from 'react'
import { usePreferences } from './preferences'

/** A set of what was chosen one by one, and the function that takes an entry in or out. */
export function useToggled<Entry>(): [chosen: ReadonlySet<Entry>, toggle: (entry: Entry) => void] {
  const [chosen, setChosen] = useState<ReadonlySet<Entry>>(new Set())
  const toggle = useCallback(
    (entry: Entry) =>
      setChosen((current) => {
        const next = new Set(current)
        if (!next.delete(entry)) next.add(entry)
        return next
      }),
    [],
  )
  return [chosen, toggle]
}

/** Whose content is shown: everybody's where hiding is off, else of those asked for one by one. */
export function useShownContent(): { isShown: (key: string) => boolean; toggleShown: (key: string) => void } {
  const { hideContent } = usePreferences()
  const [shown, toggleShown] = useToggled<string>()
  return { isShown: (key) => !hideContent || shown.has(key), toggleShown }
}
