import { useState, type FormEvent } from 'react'
import { Button } from '../ui/button'
import { Field, Input, Select } from '../ui/form'
import { ErrorNotice } from '../ui/notices'
import { Dialog } from '../ui/overlay'
import type { ModelView } from './policy-view'
import { SpendingForm } from './spending-form'

/** The model that this policy is replayed with: OpenAI, or any server that speaks its language. */
export function ModelDialog({
  open,
  onOpenChange,
  current,
  pending,
  problem,
  estimateAddress,
  onChoose,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  current: ModelView
  pending: boolean
  problem: { message: string; advice: string | null } | null
  /** Where it is said what the next replay would take; null: there is nothing to replay. */
  estimateAddress: string | null
  onChoose: (fields: Record<string, string>) => void
}) {
  const [format, setFormat] = useState('')
  const known = current.provider === 'openai' ? current : null
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onChoose({ provider: 'openai', ...(Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>) })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Another model"
      description="OpenAI, or any server with an OpenAI-compatible interface: vLLM, Ollama, llama.cpp. The key (OPENAI_API_KEY) never reaches the browser; it is sent to OpenAI, to the server of OPENAI_BASE_URL and to this machine, and to no other."
    >
      <form onSubmit={onSubmit} className="grid grid-cols-2 gap-3">
        <Field label="Model" className="col-span-2">
          <Input name="name" required maxLength={200} defaultValue={known?.name} placeholder="gpt-5-mini" autoFocus autoComplete="off" />
        </Field>
        <Field label="Server (base URL)" hint="Empty: OPENAI_BASE_URL, else OpenAI." className="col-span-2">
          <Input name="baseUrl" type="url" defaultValue={known?.baseUrl} placeholder="http://127.0.0.1:8000/v1" autoComplete="off" />
        </Field>
        <Field label="Interface">
          <Select name="api" defaultValue={known?.api ?? ''}>
            <option value="">Automatic</option>
            <option value="responses">Responses</option>
            <option value="chat">Chat Completions</option>
          </Select>
        </Field>
        <Field label="Answer format">
          <Select name="answerFormat" value={format || known?.answerFormat || ''} onChange={(event) => setFormat(event.target.value)}>
            <option value="">Structured (JSON)</option>
            <option value="json-in-words">JSON, asked for in words</option>
            <option value="gpt-oss-safeguard">gpt-oss-safeguard</option>
            <option value="llama-guard">Llama Guard</option>
            <option value="shieldgemma">ShieldGemma</option>
            <option value="openai-moderation">OpenAI moderation endpoint</option>
          </Select>
        </Field>
        <Field label="Temperature" hint="Empty: the model's own.">
          <Input name="temperature" type="number" min={0} max={2} step={0.1} defaultValue={known?.temperature} />
        </Field>
        <Field label="Reasoning effort">
          <Select name="reasoningEffort" defaultValue={known?.reasoningEffort ?? ''}>
            <option value="">The model’s own</option>
            {['none', 'minimal', 'low', 'medium', 'high', 'xhigh'].map((effort) => (
              <option key={effort}>{effort}</option>
            ))}
          </Select>
        </Field>
        <Field label="Seed" hint="Empty: none.">
          <Input name="seed" type="number" step={1} defaultValue={known?.seed} />
        </Field>
        <Field label="Most output tokens" hint="Empty: the model’s own.">
          <Input name="maxOutputTokens" type="number" min={1} max={1_000_000} step={1} defaultValue={known?.maxOutputTokens} />
        </Field>
        <Field label="Service tier">
          <Select name="serviceTier" defaultValue={known?.serviceTier ?? ''}>
            <option value="">The project’s own</option>
            {['auto', 'default', 'flex', 'priority'].map((tier) => (
              <option key={tier}>{tier}</option>
            ))}
          </Select>
        </Field>
        {problem && <ErrorNotice className="col-span-2" title={problem.message} advice={problem.advice} />}
        <div className="col-span-2 flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending}>
            Use this model
          </Button>
        </div>
      </form>
      <SpendingForm estimateAddress={estimateAddress} />
    </Dialog>
  )
}
