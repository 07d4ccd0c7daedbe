import { useEffect } from 'react'
import { isTypingTarget } from '~/components/ui/kbd'

/**
 * Keys of a page that shows one case at a time; null: the key does nothing now. While a field has the focus only those pressed with Ctrl or
 * ⌘ count, named `mod+enter`. Left alone while a dialog is open.
 */
export function useCaseKeys(keys: Record<string, (() => void) | null>) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.altKey || event.isComposing || document.querySelector('[role="dialog"]')) return
      const modified = event.ctrlKey || event.metaKey
      if (!modified && isTypingTarget(event.target)) {
        if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur()
        return
      }
      const action = keys[modified ? `mod+${event.key.toLowerCase()}` : event.key]
      if (!action) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
}
