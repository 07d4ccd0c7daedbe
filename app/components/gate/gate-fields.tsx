import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '~/components/ui/button'
import { Field, Input, Select } from '~/components/ui/form'
import { Panel } from '~/components/ui/panel'
import type { FloorBasis } from '~/domain/gate/gate-conditions'
import type { GateDraft, SliceDraft } from './gate-draft'
import type { GateView } from './types'

type Change = (change: Partial<GateDraft>) => void

/** Every condition of a gate as a field. An empty field asks for nothing. */
export function GateFields({ draft, columns, onChange }: { draft: GateDraft; columns: GateView['columns']; onChange: Change }) {
  const tags = columns.find(({ by }) => by === 'tag')?.values ?? []
  return (
    <div className="flex flex-col gap-4">
      <Panel title="The difference">
        <div className="grid grid-cols-3 gap-3 max-md:grid-cols-1">
          <Field label="The candidate must be" hint="Than the baseline, on the same cases.">
            <Select
              value={draft.require}
              onChange={(event) => onChange({ require: event.target.value === 'better' ? 'better' : 'not-worse' })}
            >
              <option value="not-worse">not worse, by the margin</option>
              <option value="better">better</option>
            </Select>
          </Field>
          <NumberField
            label="Margin"
            unit="points"
            hint="How much accuracy may be lost."
            value={draft.margin}
            onChange={(margin) => onChange({ margin })}
          />
          <NumberField
            label="Level of the test"
            unit="%"
            hint="How often chance may pass for a change."
            value={draft.alpha}
            onChange={(alpha) => onChange({ alpha })}
          />
        </div>
      </Panel>
      <Panel title="Zero tolerance">
        <div className="grid grid-cols-3 gap-3 max-md:grid-cols-1">
          <Field label="No regression among" hint="Any one of them fails the gate, whatever the average.">
            <Select value={draft.mustPass} onChange={(event) => onChange({ mustPass: event.target.value as GateDraft['mustPass'] })}>
              <option value="marked">cases marked “must pass”</option>
              <option value="tag">those, and cases with a tag</option>
              <option value="all">all cases</option>
            </Select>
          </Field>
          {draft.mustPass === 'tag' && (
            <Field label="Tag">
              <Choice value={draft.mustPassTag} options={tags} none="Choose a tag" onChange={(mustPassTag) => onChange({ mustPassTag })} />
            </Field>
          )}
        </div>
      </Panel>
      <Panel title="Floors of the candidate, over all cases">
        <div className="grid grid-cols-5 items-end gap-3 max-lg:grid-cols-3">
          <NumberField
            label="Accuracy"
            unit="%"
            value={draft.overall.accuracy}
            onChange={(accuracy) => onChange({ overall: { ...draft.overall, accuracy } })}
          />
          <NumberField
            label="Recall"
            unit="%"
            value={draft.overall.recall}
            onChange={(recall) => onChange({ overall: { ...draft.overall, recall } })}
          />
          <NumberField
            label="Precision"
            unit="%"
            value={draft.overall.precision}
            onChange={(precision) => onChange({ overall: { ...draft.overall, precision } })}
          />
          <NumberField
            label="Macro-F1"
            unit="%"
            value={draft.overall.macroF1}
            onChange={(macroF1) => onChange({ overall: { ...draft.overall, macroF1 } })}
          />
          <BasisField value={draft.overall.on} onChange={(on) => onChange({ overall: { ...draft.overall, on } })} />
        </div>
      </Panel>
      <SliceFields slices={draft.slices} columns={columns} onChange={(slices) => onChange({ slices })} />
      <Panel title="Ceilings">
        <div className="grid grid-cols-5 items-end gap-3 max-lg:grid-cols-3">
          <NumberField
            label="Over-enforcement"
            unit="%"
            value={draft.maxOverEnforcement}
            onChange={(maxOverEnforcement) => onChange({ maxOverEnforcement })}
          />
          <NumberField
            label="Under-enforcement"
            unit="%"
            value={draft.maxUnderEnforcement}
            onChange={(maxUnderEnforcement) => onChange({ maxUnderEnforcement })}
          />
          <NumberField label="Unscored" unit="%" value={draft.maxUnscored} onChange={(maxUnscored) => onChange({ maxUnscored })} />
          <NumberField label="Cost, both sides" unit="$" value={draft.maxCostUsd} onChange={(maxCostUsd) => onChange({ maxCostUsd })} />
          <NumberField
            label="Latency, 95th"
            unit="ms"
            value={draft.maxLatencyP95Ms}
            onChange={(maxLatencyP95Ms) => onChange({ maxLatencyP95Ms })}
          />
        </div>
      </Panel>
    </div>
  )
}

function SliceFields({
  slices,
  columns,
  onChange,
}: {
  slices: SliceDraft[]
  columns: GateView['columns']
  onChange: (slices: SliceDraft[]) => void
}) {
  const change = (key: number, part: Partial<SliceDraft>) =>
    onChange(slices.map((slice) => (slice.key === key ? { ...slice, ...part } : slice)))
  const add = () =>
    onChange([
      ...slices,
      {
        key: Math.max(0, ...slices.map((slice) => slice.key + 1)),
        by: columns[0]?.by ?? 'rule',
        value: '',
        recall: '',
        precision: '',
        accuracy: '',
        margin: '',
        on: 'estimate',
      },
    ])
  return (
    <Panel
      title="Slices"
      actions={
        <Button size="sm" icon={Plus} onClick={add}>
          Add a slice
        </Button>
      }
    >
      {slices.length === 0 ? (
        <p className="text-sm text-ink-muted">None. A slice asks for a floor where it matters, such as the recall of every rule.</p>
      ) : (
        <ul className="flex flex-col divide-y">
          {slices.map((slice, place) => (
            <li
              key={slice.key}
              className="grid grid-cols-[repeat(4,minmax(0,1fr))_auto] items-end gap-x-3 gap-y-2 py-3 first:pt-0 last:pb-0 max-md:grid-cols-2"
            >
              <Field label={`By (slice ${place + 1})`}>
                <Choice value={slice.by} options={columns.map(({ by }) => by)} onChange={(by) => change(slice.key, { by, value: '' })} />
              </Field>
              <Field label="Value">
                <Choice
                  value={slice.value}
                  options={columns.find(({ by }) => by === slice.by)?.values ?? []}
                  none="every one"
                  onChange={(value) => change(slice.key, { value })}
                />
              </Field>
              <NumberField label="Recall, at least" unit="%" value={slice.recall} onChange={(recall) => change(slice.key, { recall })} />
              <NumberField
                label="Precision, at least"
                unit="%"
                value={slice.precision}
                onChange={(precision) => change(slice.key, { precision })}
              />
              <IconButton
                label={`Remove slice ${place + 1}`}
                icon={X}
                onClick={() => onChange(slices.filter((other) => other.key !== slice.key))}
              />
              <NumberField
                label="Accuracy, at least"
                unit="%"
                value={slice.accuracy}
                onChange={(accuracy) => change(slice.key, { accuracy })}
              />
              <NumberField label="Largest loss" unit="points" value={slice.margin} onChange={(margin) => change(slice.key, { margin })} />
              <BasisField value={slice.on} onChange={(on) => change(slice.key, { on })} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function BasisField({ value, onChange }: { value: FloorBasis; onChange: (basis: FloorBasis) => void }) {
  return (
    <Field label="Held against">
      <Select value={value} onChange={(event) => onChange(event.target.value === 'lower-bound' ? 'lower-bound' : 'estimate')}>
        <option value="estimate">the figure</option>
        <option value="lower-bound">its lower bound</option>
      </Select>
    </Field>
  )
}

function NumberField({
  label,
  unit,
  hint,
  value,
  onChange,
}: {
  label: string
  unit: string
  hint?: ReactNode
  value: string
  onChange: (value: string) => void
}) {
  return (
    <Field label={`${label}, ${unit}`} hint={hint}>
      <Input inputMode="decimal" value={value} placeholder="none" onChange={(event) => onChange(event.target.value)} />
    </Field>
  )
}

/** A select that also shows a value which is not among its options. `none` is the words of no choice. */
function Choice({
  value,
  options,
  none,
  onChange,
  ...rest
}: {
  value: string
  options: string[]
  none?: string
  onChange: (value: string) => void
  id?: string
}) {
  const all = value === '' || options.includes(value) ? options : [value, ...options]
  return (
    <Select value={value} onChange={(event) => onChange(event.target.value)} {...rest}>
      {none !== undefined && <option value="">{none}</option>}
      {all.map((option) => (
        <option key={option}>{option}</option>
      ))}
    </Select>
  )
}
