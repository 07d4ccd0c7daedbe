import { redirect } from '@remix-run/node'
import { z } from 'zod'
import { TouchstoneError } from '~/lib/errors'
import { toErrorResponse } from '~/lib/http-status'

/** A form's fields by their schema; a field that is not valid is one sentence of a TouchstoneError. */
export async function readForm<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.infer<Schema>> {
  const fields = Object.fromEntries(await request.formData())
  const parsed = schema.safeParse(fields)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new TouchstoneError(
    'invalid-input',
    `${issue?.path.join('.') || 'The form'}: ${issue?.message ?? 'is not valid'}`,
    'Correct it and send it again.',
  )
}

/**
 * Answers a form that scripts send with `fetch`: JSON, also for an expected failure. A browser that sent the form by itself goes back to
 * the page.
 */
export async function answerForm(
  request: Request,
  backTo: string,
  work: () => Promise<{ body: unknown; status?: number }>,
): Promise<Response> {
  try {
    const { body, status = 200 } = await work()
    return sentByBrowser(request) && status < 400 ? redirect(backTo) : Response.json(body, { status })
  } catch (error) {
    return toErrorResponse(error)
  }
}

function sentByBrowser(request: Request): boolean {
  return request.headers.get('Sec-Fetch-Mode') === 'navigate' || (request.headers.get('Accept') ?? '').includes('text/html')
}

/** A route parameter that the file's name promises. */
export function requireParameter(params: Record<string, string | undefined>, name: string): string {
  const value = params[name]
  if (value === undefined) throw new TouchstoneError('not-found', `The address lacks its ${name}.`)
  return value
}
