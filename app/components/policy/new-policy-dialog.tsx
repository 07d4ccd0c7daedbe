import { useFetcher } from '@remix-run/react'
import { useState } from 'react'
import { Button } from '../ui/button'
import { Field, Input, Textarea } from '../ui/form'
import { ErrorNotice } from '../ui/notices'
import { Dialog } from '../ui/overlay'

export type NewPolicyProblem = { message: string; advice: string | null; field: 'name' | 'slug' | 'description' | null }

/** Makes a policy with the default scheme (violates, allowed, escalate); rules come with the cases. */
export function NewPolicyDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const fetcher = useFetcher<{ problem: NewPolicyProblem }>()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState<string | null>(null)
  const problem = fetcher.state === 'idle' ? (fetcher.data?.problem ?? null) : null
  const errorOf = (field: NewPolicyProblem['field']) => (problem?.field === field ? problem.message : null)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New policy"
      description="Its verdicts are violates, allowed and escalate; rules are added as its cases name them."
    >
      <fetcher.Form method="post" action="/?index" className="flex flex-col gap-4">
        <Field label="Name" error={errorOf('name')}>
          <Input
            name="name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder="Community hate and harassment"
            autoFocus
            autoComplete="off"
          />
        </Field>
        <Field
          label="Short name"
          hint="Stands in addresses and on the command line: lower-case letters, digits and “-”."
          error={errorOf('slug')}
        >
          <Input
            name="slug"
            required
            maxLength={64}
            pattern="[a-z0-9][a-z0-9\-]*"
            value={slug ?? suggestSlug(name)}
            onChange={(event) => setSlug(event.target.value)}
            className="font-mono"
            autoComplete="off"
          />
        </Field>
        <Field label="What it enforces" error={errorOf('description')}>
          <Textarea name="description" rows={3} maxLength={2000} />
        </Field>
        {problem && problem.field === null && <ErrorNotice title={problem.message} advice={problem.advice} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" pending={fetcher.state !== 'idle'}>
            Make the policy
          </Button>
        </div>
      </fetcher.Form>
    </Dialog>
  )
}

/** "Größte Gefahr: Hetze!" → "grosste-gefahr-hetze". */
export function suggestSlug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '')
}
