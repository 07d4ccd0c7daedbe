import type { ActionFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { answerForm, readForm, requireParameter } from './_lib/form-answer.server'

const emptyAsMissing = (value: unknown) => (value === '' ? undefined : value)

const modelFormSchema = z.object({
  provider: z.enum(['openai', 'touchstone']),
  name: z.string().trim().min(1, 'name the model').max(200, 'use at most 200 characters'),
  baseUrl: z.preprocess(emptyAsMissing, z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional()),
  api: z.preprocess(emptyAsMissing, z.enum(['responses', 'chat']).optional()),
  answerFormat: z.preprocess(
    emptyAsMissing,
    z.enum(['json', 'json-in-words', 'gpt-oss-safeguard', 'llama-guard', 'shieldgemma', 'openai-moderation']).optional(),
  ),
  temperature: z.preprocess(emptyAsMissing, z.coerce.number().min(0).max(2).optional()),
  seed: z.preprocess(emptyAsMissing, z.coerce.number().int('must be a whole number').optional()),
  maxOutputTokens: z.preprocess(emptyAsMissing, z.coerce.number().int().min(1).max(1_000_000).optional()),
  serviceTier: z.preprocess(emptyAsMissing, z.enum(['auto', 'default', 'flex', 'priority']).optional()),
  reasoningEffort: z.preprocess(emptyAsMissing, z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional()),
})

/** The model that this policy is replayed with from now on. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const slug = requireParameter(params, 'slug')
  return answerForm(request, `/policies/${slug}`, async () => ({
    body: await context.workspace.policies.setModel(slug, await readForm(request, modelFormSchema)),
  }))
}
