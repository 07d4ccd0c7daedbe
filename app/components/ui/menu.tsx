import { Link } from '@remix-run/react'
import { Check, type LucideIcon } from 'lucide-react'
import { DropdownMenu, Tabs as RadixTabs } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names'

export type MenuItem =
  | { kind?: 'action'; label: ReactNode; icon?: LucideIcon; onSelect: () => void; disabled?: boolean; danger?: boolean; checked?: boolean }
  /** A page of the app. */
  | { kind: 'link'; label: ReactNode; icon?: LucideIcon; href: string }
  /** A file to save: no page stands at its address. */
  | { kind: 'file'; label: ReactNode; icon?: LucideIcon; href: string }
  | { kind: 'separator' }

/** A button's menu: arrow keys, type-ahead, Escape. `children` is the button. */
export function Menu({ children, items, align = 'end' }: { children: ReactElement; items: MenuItem[]; align?: 'start' | 'end' }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="overlay-in z-50 min-w-44 rounded-md border bg-raised p-1 text-sm shadow-overlay"
        >
          {items.map((item, index) => (
            <MenuEntry key={index} item={item} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

const entryClass =
  'flex cursor-pointer items-center gap-2 rounded-sm px-2 py-1.5 outline-none data-[highlighted]:bg-hover data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50'

function MenuEntry({ item }: { item: MenuItem }) {
  if (item.kind === 'separator') return <DropdownMenu.Separator className="my-1 h-px bg-line" />
  const Icon = item.icon
  const icon = Icon && <Icon aria-hidden className="size-4 shrink-0 text-ink-muted" />
  if (item.kind === 'link')
    return (
      <DropdownMenu.Item asChild className={entryClass}>
        <Link to={item.href}>
          {icon}
          {item.label}
        </Link>
      </DropdownMenu.Item>
    )
  if (item.kind === 'file')
    return (
      <DropdownMenu.Item asChild className={entryClass}>
        <a href={item.href} download>
          {icon}
          {item.label}
        </a>
      </DropdownMenu.Item>
    )
  if (item.checked !== undefined)
    return (
      <DropdownMenu.CheckboxItem checked={item.checked} onSelect={item.onSelect} disabled={item.disabled} className={entryClass}>
        <Check aria-hidden className={classNames('size-4 shrink-0', !item.checked && 'invisible')} />
        {item.label}
      </DropdownMenu.CheckboxItem>
    )
  return (
    <DropdownMenu.Item
      onSelect={item.onSelect}
      disabled={item.disabled}
      className={classNames(entryClass, item.danger && 'text-danger-ink')}
    >
      {icon}
      {item.label}
    </DropdownMenu.Item>
  )
}

export type TabItem = { id: string; label: ReactNode; content: ReactNode }

/** Views of one thing of which one is shown. Give `value` and `onChange` where the choice belongs in the URL. */
export function Tabs({
  label,
  items,
  value,
  onChange,
  className,
}: {
  label: string
  items: TabItem[]
  value?: string
  onChange?: (id: string) => void
  className?: string
}) {
  return (
    <RadixTabs.Root
      {...(value === undefined ? { defaultValue: items[0]?.id } : { value })}
      onValueChange={onChange}
      className={classNames('flex min-h-0 flex-col', className)}
    >
      <RadixTabs.List aria-label={label} className="flex shrink-0 gap-1 border-b">
        {items.map((item) => (
          <RadixTabs.Trigger
            key={item.id}
            value={item.id}
            className="-mb-px border-b-2 border-transparent px-2.5 py-1.5 text-sm font-medium text-ink-muted hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-gold data-[state=active]:text-ink"
          >
            {item.label}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {items.map((item) => (
        <RadixTabs.Content key={item.id} value={item.id} className="min-h-0 grow outline-none focus-visible:outline-2">
          {item.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  )
}
