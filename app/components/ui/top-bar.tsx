import { Form, Link, NavLink, useFetcher, useLocation, useNavigation } from '@remix-run/react'
import { Eye, EyeOff, Keyboard, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from './button'
import { classNames } from './class-names'
import { Field, Input } from './form'
import { Menu } from './menu'
import { Dialog } from './overlay'
import { preferencesPath, usePreferences, type Theme } from './preferences'
import { ShortcutsDialog } from './shortcuts'
import { Tooltip } from './tooltip'

/** The bar above every page: where one can go, and how the reader wants it. */
export function TopBar() {
  return (
    <header className="sticky top-0 z-30 border-b bg-surface">
      <div className="mx-auto flex h-12 max-w-[120rem] items-center gap-1 px-4">
        <Link to="/" className="mr-3 flex items-center gap-2 rounded-sm font-semibold tracking-tight">
          <BrandMark />
          Touchstone
        </Link>
        <nav aria-label="Main" className="flex h-full items-stretch gap-1">
          <MainLink to="/" also="/policies">
            Policies
          </MainLink>
          <MainLink to="/replays" also="/compare">
            Replays
          </MainLink>
        </nav>
        <div className="ml-auto flex items-center gap-1">
          <AuthorPreference />
          <ContentToggle />
          <ThemeToggle />
          <ShortcutsButton />
        </div>
      </div>
      <PendingStreak />
    </header>
  )
}

/** A dark stone with a streak of gold. */
function BrandMark() {
  return (
    <svg aria-hidden viewBox="0 0 24 24" className="size-6">
      <path d="M4 5.5 9 2.5l9 1 3.5 6-1.5 8.5-7 3.5-8.5-2L1.8 12z" fill="#24262b" stroke="var(--stone-line-strong)" strokeWidth="0.75" />
      <path d="M6.5 16.5 17.5 7.5" stroke="#e2b144" strokeWidth="2.6" strokeLinecap="round" />
    </svg>
  )
}

function MainLink({ to, also, children }: { to: string; also: string; children: string }) {
  const { pathname } = useLocation()
  const here = pathname === to || pathname.startsWith(`${also}/`) || (to !== '/' && pathname.startsWith(`${to}/`))
  return (
    <NavLink
      to={to}
      end
      aria-current={here ? 'page' : undefined}
      className={classNames(
        'flex items-center border-b-2 px-2.5 text-base font-medium',
        here ? 'border-gold text-ink' : 'border-transparent text-ink-muted hover:text-ink',
      )}
    >
      {children}
    </NavLink>
  )
}

/** Something is being fetched: the gold streak runs under the bar. It takes no room, so nothing moves. */
function PendingStreak() {
  const { state } = useNavigation()
  return (
    <div role="status" className="absolute inset-x-0 top-full h-0.5 overflow-hidden">
      {state !== 'idle' && (
        <>
          <div className="gold-streak gold-streak-running h-full" />
          <span className="sr-only">Loading</span>
        </>
      )}
    </div>
  )
}

const themes: Array<{ theme: Theme; label: string; icon: typeof Sun }> = [
  { theme: 'system', label: 'As the system', icon: Monitor },
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
]

export function ThemeToggle() {
  const fetcher = useFetcher()
  const { theme } = usePreferences()
  const current = themes.find((entry) => entry.theme === theme)
  return (
    <Menu
      items={themes.map((entry) => ({
        label: entry.label,
        checked: entry.theme === theme,
        onSelect: () => fetcher.submit({ theme: entry.theme }, { method: 'post', action: preferencesPath }),
      }))}
    >
      <IconButton label={`Theme: ${current?.label.toLowerCase() ?? theme}`} icon={current?.icon ?? Monitor} />
    </Menu>
  )
}

/** Works as a plain form too, so that content can be hidden before any script has arrived. */
function ContentToggle() {
  const fetcher = useFetcher()
  const { hideContent } = usePreferences()
  const { pathname, search } = useLocation()
  const Icon = hideContent ? EyeOff : Eye
  return (
    <Form
      method="post"
      action={preferencesPath}
      onSubmit={(event) => {
        event.preventDefault()
        fetcher.submit({ hideContent: String(!hideContent) }, { method: 'post', action: preferencesPath })
      }}
    >
      <input type="hidden" name="hideContent" value={String(!hideContent)} />
      <input type="hidden" name="returnTo" value={pathname + search} />
      <Tooltip text={hideContent ? 'The content of cases is blurred until you ask for it' : 'The content of cases is shown'}>
        <Button type="submit" variant="quiet" aria-pressed={hideContent} className="px-2">
          <Icon aria-hidden className="size-4" />
          <span className="max-lg:sr-only">{hideContent ? 'Content hidden' : 'Content shown'}</span>
        </Button>
      </Tooltip>
    </Form>
  )
}

function AuthorPreference() {
  const fetcher = useFetcher()
  const { author } = usePreferences()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Tooltip text="The name that stands with what you change">
        <Button variant="quiet" className="px-2" onClick={() => setOpen(true)} aria-haspopup="dialog">
          <UserRound aria-hidden className="size-4" />
          <span className="sr-only">Your name: </span>
          <span className="max-w-32 truncate max-lg:sr-only">{author}</span>
        </Button>
      </Tooltip>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Your name"
        description="It stands with the versions, labels and cases that you change. Kept in this browser."
      >
        <fetcher.Form method="post" action={preferencesPath} onSubmit={() => setOpen(false)} className="flex items-end gap-2">
          <Field label="Name" className="grow">
            <Input
              name="author"
              defaultValue={author === 'you' ? '' : author}
              placeholder="you"
              required
              maxLength={80}
              autoComplete="name"
            />
          </Field>
          <Button type="submit" variant="primary">
            Keep
          </Button>
        </fetcher.Form>
      </Dialog>
    </>
  )
}

function ShortcutsButton() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <IconButton label="Keyboard shortcuts" shortcut="?" icon={Keyboard} onClick={() => setOpen(true)} className="max-sm:hidden" />
      <ShortcutsDialog open={open} onOpenChange={setOpen} />
    </>
  )
}
