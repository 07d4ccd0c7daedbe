import { X } from 'lucide-react'
import { Toast as RadixToast } from 'radix-ui'
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react'
import { IconButton } from './button'
import { classNames } from './class-names'

type ToastMessage = { id: number; text: ReactNode; tone: 'neutral' | 'danger' }
type Messenger = {
  /** Shows a short message that goes by itself; a failure stays until it is closed. */
  toast: (text: ReactNode, tone?: ToastMessage['tone']) => void
  /** Says it to assistive technology only. The same text twice is said twice. */
  announce: (text: string) => void
}

const MessengerContext = createContext<Messenger>({ toast: () => {}, announce: () => {} })

export function useMessenger(): Messenger {
  return useContext(MessengerContext)
}

/** Holds the messages of the page and its one live region. */
export function MessengerProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<ToastMessage[]>([])
  const [said, setSaid] = useState({ text: '', turn: 0 })
  const nextId = useRef(1)
  const toast = useCallback((text: ReactNode, tone: ToastMessage['tone'] = 'neutral') => {
    const id = nextId.current++
    setMessages((shown) => [...shown.slice(-2), { id, text, tone }])
  }, [])
  const announce = useCallback((text: string) => setSaid((last) => ({ text, turn: last.turn + 1 })), [])
  const messenger = useMemo(() => ({ toast, announce }), [toast, announce])
  const close = (id: number) => setMessages((shown) => shown.filter((message) => message.id !== id))
  return (
    <MessengerContext.Provider value={messenger}>
      <RadixToast.Provider duration={6000} label="Message">
        {children}
        {messages.map((message) => (
          <RadixToast.Root
            key={message.id}
            duration={message.tone === 'danger' ? Infinity : undefined}
            onOpenChange={(open) => !open && close(message.id)}
            className={classNames(
              'overlay-in flex items-start gap-2 rounded-md border bg-raised py-2 pr-1 pl-3 shadow-overlay',
              message.tone === 'danger' && 'border-danger',
            )}
          >
            <RadixToast.Description className="min-w-0 grow py-1 text-sm">{message.text}</RadixToast.Description>
            <RadixToast.Close asChild>
              <IconButton label="Close message" icon={X} />
            </RadixToast.Close>
          </RadixToast.Root>
        ))}
        <RadixToast.Viewport className="fixed right-4 bottom-4 z-50 flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2 outline-none" />
      </RadixToast.Provider>
      <div aria-live="polite" className="sr-only">
        <span key={said.turn}>{said.text}</span>
      </div>
    </MessengerContext.Provider>
  )
}
