import { Plus, X } from 'lucide-react'
import { useId, useState } from 'react'
import { Button, IconButton } from '~/components/ui/button'
import { Field, Input, Select, Textarea } from '~/components/ui/form'
import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import type { CaseFormErrors } from './case-form-schema'

/**
 * The fields of a case, to be put into a form. `golden` is what it starts from, null for a new one; whoever opened the form asked to see
 * the content.
 */
export function CaseFormFields({ golden, scheme, errors }: { golden: GoldenCase | null; scheme: VerdictScheme; errors: CaseFormErrors }) {
  const expectedRules = golden?.expected?.rules ?? {}
  const ruleIds = [...new Set([...scheme.rules.map(({ id }) => id), ...Object.keys(expectedRules)])]
  const ruleNames = new Map(scheme.rules.map((rule) => [rule.id, rule.name]))
  return (
    <div className="flex flex-col gap-4">
      <Field
        label="Id"
        error={errors.id}
        hint={golden ? 'The id of a case never changes: replays are joined by it.' : 'Unique within the golden set.'}
      >
        <Input name="id" defaultValue={golden?.id} readOnly={golden !== null} required spellCheck={false} className="font-mono text-sm!" />
      </Field>
      <Field label="Content" error={errors.content}>
        <Textarea name="content" defaultValue={golden?.content} rows={4} dir="auto" required />
      </Field>
      <ParentFields parents={golden?.context.parents ?? []} />
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
        <Field label="Surface" error={errors.surface}>
          <Input name="surface" defaultValue={golden?.context.surface} placeholder="comment" />
        </Field>
        <Field label="Locale" error={errors.locale}>
          <Input name="locale" defaultValue={golden?.context.locale} placeholder="en-GB" spellCheck={false} />
        </Field>
        <Field label="Author" error={errors.author}>
          <Input name="author" defaultValue={golden?.context.author} placeholder="new account, 2 reports" dir="auto" />
        </Field>
      </div>
      <fieldset className="flex flex-col gap-3 rounded-md border p-3">
        <legend className="px-1 text-sm font-medium">Expected verdict</legend>
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Field label="Label" error={errors.label}>
            <Select name="label" defaultValue={golden?.expected?.label ?? ''}>
              <option value="">Unlabelled</option>
              {scheme.labels.map((label) => (
                <option key={label.id} value={label.id}>
                  {label.name ?? label.id}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Severity" error={errors.severity}>
            {scheme.severities.length > 0 ? (
              <Select name="severity" defaultValue={golden?.expected?.severity ?? ''}>
                <option value="">None</option>
                {scheme.severities.map((severity) => (
                  <option key={severity}>{severity}</option>
                ))}
              </Select>
            ) : (
              <Input name="severity" defaultValue={golden?.expected?.severity} />
            )}
          </Field>
        </div>
        {ruleIds.length > 0 && (
          <div className="grid grid-cols-2 gap-x-3 gap-y-2 max-sm:grid-cols-1">
            {ruleIds.map((id) => (
              <Field key={id} label={ruleNames.get(id) ? `${id} · ${ruleNames.get(id)}` : id}>
                <Select name={`rule.${id}`} defaultValue={expectedRules[id] === undefined ? '' : String(expectedRules[id])}>
                  <option value="">Not labelled</option>
                  <option value="true">Applies</option>
                  <option value="false">Does not apply</option>
                </Select>
              </Field>
            ))}
          </div>
        )}
      </fieldset>
      <Field label="Note" error={errors.note} hint="Why this verdict is right: the next reader will ask.">
        <Textarea name="note" defaultValue={golden?.note} rows={3} dir="auto" />
      </Field>
      <Field label="Tags" error={errors.tags} hint="Separated by commas.">
        <Input name="tags" defaultValue={golden?.tags.join(', ')} dir="auto" />
      </Field>
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <Field label="Split" error={errors.split}>
          <Input name="split" defaultValue={golden?.split} placeholder="train" />
        </Field>
        <label className="flex items-center gap-2 self-end py-1.5 text-sm">
          <input type="checkbox" name="mustPass" defaultChecked={golden?.mustPass} className="size-4 accent-(--stone-gold)" />
          Must pass: a regression here fails a gate
        </label>
      </div>
      <MetadataFields meta={golden?.meta ?? {}} error={errors.meta} />
    </div>
  )
}

function ParentFields({ parents }: { parents: string[] }) {
  const [keys, setKeys] = useState(() => parents.map((_, index) => index))
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Messages before it, oldest first</legend>
      {keys.map((key, place) => (
        <div key={key} className="flex items-start gap-1">
          <Textarea name="parents" aria-label={`Message ${place + 1}`} defaultValue={parents[key]} rows={2} dir="auto" />
          <IconButton label={`Remove message ${place + 1}`} icon={X} onClick={() => setKeys(keys.filter((other) => other !== key))} />
        </div>
      ))}
      <Button
        size="sm"
        icon={Plus}
        className="self-start"
        onClick={() => setKeys([...keys, Math.max(parents.length, ...keys.map((key) => key + 1))])}
      >
        Add a message
      </Button>
    </fieldset>
  )
}

function MetadataFields({ meta, error }: { meta: Record<string, unknown>; error?: string }) {
  const entries = Object.entries(meta)
  const [keys, setKeys] = useState(() => entries.map((_, index) => index))
  const errorId = useId()
  return (
    <fieldset className="flex flex-col gap-2" aria-describedby={error ? errorId : undefined}>
      <legend className="mb-1 text-sm font-medium">Metadata</legend>
      {keys.map((key, place) => (
        <div key={key} className="flex items-center gap-1">
          <Input
            name="metaKey"
            aria-label={`Name ${place + 1}`}
            defaultValue={entries[key]?.[0]}
            placeholder="name"
            className="basis-2/5"
          />
          <Input
            name="metaValue"
            aria-label={`Value ${place + 1}`}
            defaultValue={toText(entries[key]?.[1])}
            placeholder="value"
            dir="auto"
          />
          <IconButton label={`Remove metadata ${place + 1}`} icon={X} onClick={() => setKeys(keys.filter((other) => other !== key))} />
        </div>
      ))}
      {error && (
        <p id={errorId} className="text-sm text-danger-ink">
          {error}
        </p>
      )}
      <Button
        size="sm"
        icon={Plus}
        className="self-start"
        onClick={() => setKeys([...keys, Math.max(entries.length, ...keys.map((key) => key + 1))])}
      >
        Add metadata
      </Button>
    </fieldset>
  )
}

const toText = (value: unknown) => (value === null || value === undefined ? '' : String(value))
