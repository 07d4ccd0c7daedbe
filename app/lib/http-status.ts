import { TouchstoneError, type TouchstoneErrorCode } from './errors'

const statusOf: Record<TouchstoneErrorCode, number> = {
  'not-found': 404,
  'invalid-input': 400,
  conflict: 409,
  sealed: 403,
  'not-comparable': 422,
  unfinished: 409,
  provider: 502,
  configuration: 503,
  storage: 503,
}

/** The body of an error response that a page or a fetcher shows. */
export type ErrorBody = { code: TouchstoneErrorCode; message: string; advice: string | null }

/** Maps an expected failure to a Response; anything else is thrown on, to the error boundary and the log. */
export function toErrorResponse(error: unknown): Response {
  if (!(error instanceof TouchstoneError)) throw error
  const body: ErrorBody = { code: error.code, message: error.message, advice: error.advice ?? null }
  return Response.json(body, { status: statusOf[error.code] })
}

/** Runs a loader's or action's work; an expected failure becomes a thrown Response with its status. */
export async function withErrorResponse<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Response) throw error
    throw toErrorResponse(error)
  }
}
