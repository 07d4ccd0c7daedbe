import { Check, Minus, X } from 'lucide-react'
import { classNames } from '~/components/ui/class-names'
import { Field, Select } from '~/components/ui/form'
import { Kbd } from '~/components/ui/kbd'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { ExpectedVerdict } from '~/domain/verdict/verdict'

type Props = {
  scheme: VerdictScheme
  value: ExpectedVerdict
  onChange: (value: ExpectedVerdict) => void
  disabled?: boolean
}

/** A person's verdict: label (keys 1 to 9), each rule as applies, does not apply or not labelled, severity. */
export function VerdictChooser({ scheme, value, onChange, disabled = false }: Props) {
  const ruleIds = [...new Set([...scheme.rules.map(({ id }) => id), ...Object.keys(value.rules)])]
  const names = new Map(scheme.rules.map(({ id, name }) => [id, name]))
  return (
    <div className="flex flex-col gap-3">
      <fieldset className="flex flex-wrap gap-2">
        <legend className="mb-1 text-sm font-medium">Label</legend>
        {scheme.labels.map((label, index) => {
          const chosen = value.label === label.id
          return (
            <button
              key={label.id}
              type="button"
              aria-pressed={chosen}
              disabled={disabled}
              title={label.description}
              onClick={() => onChange({ ...value, label: label.id })}
              className={classNames(
                'inline-flex h-9 items-center gap-2 rounded-md border px-3 text-base font-medium disabled:opacity-55',
                chosen ? 'border-gold bg-gold-soft text-gold-ink' : 'border-line-strong bg-surface hover:bg-hover',
              )}
            >
              {index < 9 && <Kbd>{index + 1}</Kbd>}
              {label.name ?? label.id}
              {chosen && <Check aria-hidden className="size-4" />}
            </button>
          )
        })}
      </fieldset>
      {ruleIds.length > 0 && (
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="mb-1 text-sm font-medium">Rules</legend>
          {ruleIds.map((id) => (
            <RuleToggle
              key={id}
              id={id}
              name={names.get(id)}
              state={value.rules[id]}
              disabled={disabled}
              onChange={(state) => onChange({ ...value, rules: withRule(value.rules, id, state) })}
            />
          ))}
        </fieldset>
      )}
      {scheme.severities.length > 0 && (
        <Field label="Severity" className="max-w-48">
          <Select
            value={value.severity ?? ''}
            disabled={disabled}
            onChange={(event) => {
              const { severity: _before, ...rest } = value
              onChange(event.target.value ? { ...rest, severity: event.target.value } : rest)
            }}
          >
            <option value="">None</option>
            {scheme.severities.map((severity) => (
              <option key={severity}>{severity}</option>
            ))}
          </Select>
        </Field>
      )}
    </div>
  )
}

const next = new Map<boolean | undefined, boolean | undefined>([
  [undefined, true],
  [true, false],
  [false, undefined],
])

function RuleToggle({
  id,
  name,
  state,
  disabled,
  onChange,
}: {
  id: string
  name?: string
  state: boolean | undefined
  disabled: boolean
  onChange: (state: boolean | undefined) => void
}) {
  const words = state === undefined ? 'not labelled' : state ? 'applies' : 'does not apply'
  const Icon = state === undefined ? Minus : state ? Check : X
  return (
    <button
      type="button"
      disabled={disabled}
      title={`${name ?? id}: ${words}`}
      aria-label={`${id}${name ? ` ${name}` : ''}: ${words}`}
      onClick={() => onChange(next.get(state))}
      className={classNames(
        'inline-flex h-7 max-w-60 items-center gap-1 rounded-sm border px-2 text-sm disabled:opacity-55',
        state === undefined ? 'border-line text-ink-muted hover:bg-hover' : 'border-line-strong font-medium',
        state === true && 'bg-selected',
        state === false && 'line-through decoration-1',
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">{name ? `${id} ${name}` : id}</span>
    </button>
  )
}

function withRule(rules: Record<string, boolean>, id: string, state: boolean | undefined): Record<string, boolean> {
  const { [id]: _before, ...others } = rules
  return state === undefined ? others : { ...others, [id]: state }
}
