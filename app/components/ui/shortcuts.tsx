import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { isTypingTarget, Kbd } from './kbd'
import { Dialog } from './overlay'

/** One line under "?": the keys, each pressed together, and what they do. */
export type Shortcut = { keys: string[]; does: string }
type Registry = { groups: Array<{ title: string; shortcuts: Shortcut[] }>; register: (title: string, shortcuts: Shortcut[]) => () => void }

const RegistryContext = createContext<Registry>({ groups: [], register: () => () => {} })

/** Collects what the parts of the page answer to, so that "?" lists just that. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const [groups, setGroups] = useState<Array<{ id: number; title: string; shortcuts: Shortcut[] }>>([])
  const nextId = useRef(1)
  const register = useCallback((title: string, shortcuts: Shortcut[]) => {
    const id = nextId.current++
    setGroups((current) => [...current, { id, title, shortcuts }])
    return () => setGroups((current) => current.filter((group) => group.id !== id))
  }, [])
  const registry = useMemo(() => ({ groups, register }), [groups, register])
  return <RegistryContext.Provider value={registry}>{children}</RegistryContext.Provider>
}

/** Lists these shortcuts under "?" as long as the component stands. Handling the keys is the component's own work. `shortcuts` must be stable. */
export function useListedShortcuts(title: string, shortcuts: Shortcut[]) {
  const { register } = useContext(RegistryContext)
  useEffect(() => register(title, shortcuts), [register, title, shortcuts])
}

const everywhere: Shortcut[] = [
  { keys: ['?'], does: 'Show this list' },
  { keys: ['↑', '↓'], does: 'Go through the rows of a list or table' },
  { keys: ['Enter'], does: 'Open the row' },
  { keys: ['Esc'], does: 'Close what is open' },
]

export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { groups } = useContext(RegistryContext)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== '?' || event.ctrlKey || event.metaKey || isTypingTarget(event.target)) return
      event.preventDefault()
      onOpenChange(true)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [onOpenChange])
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <div className="flex flex-col gap-4">
        {[...groups, { title: 'Everywhere', shortcuts: everywhere }].map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 text-sm font-semibold text-ink-muted">{group.title}</h3>
            <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5">
              {group.shortcuts.map((shortcut) => (
                <div key={shortcut.does} className="contents">
                  <dt className="flex gap-1">
                    {shortcut.keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd>{shortcut.does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
