import { useEffect, useState, type ReactNode } from 'react'

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-block rounded-sm border border-b-2 bg-sunken px-1 font-sans text-2xs font-medium text-ink-muted">{children}</kbd>
  )
}

/** "Ctrl" or "⌘": the server does not know the keyboard, so that the first text is always "Ctrl". */
export function useModifierName(): string {
  const [name, setName] = useState('Ctrl')
  useEffect(() => {
    if (/mac|iphone|ipad/i.test(navigator.platform)) setName('⌘')
  }, [])
  return name
}

export function isModified(event: { ctrlKey: boolean; metaKey: boolean }): boolean {
  return event.ctrlKey || event.metaKey
}

/** True where the key belongs to the field that has the focus. */
export function isTypingTarget(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"], .monaco-editor') !== null
}
