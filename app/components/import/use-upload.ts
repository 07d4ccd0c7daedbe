import { useCallback, useRef, useState } from 'react'
import { readErrorBody, type ErrorBody } from '~/components/ui/notices'

export type UploadState = { sent: number; total: number } | null

/**
 * Sends a file as it is, with progress. `onDone` gets the upload's id and the rest of the answer. Not `fetch`, which cannot tell how much was sent.
 */
export function useUpload(url: string, onDone: (id: string, answer: object) => void) {
  const [state, setState] = useState<UploadState>(null)
  const [problem, setProblem] = useState<ErrorBody | null>(null)
  const request = useRef<XMLHttpRequest | null>(null)

  const send = useCallback(
    (file: File) => {
      request.current?.abort()
      const sending = new XMLHttpRequest()
      request.current = sending
      const fail = (message: string, advice: string) => {
        setState(null)
        setProblem({ code: 'storage', message, advice })
      }
      sending.upload.onprogress = ({ loaded, total }) => setState({ sent: loaded, total })
      sending.onerror = () => fail('The file could not be sent.', 'Check that the server still runs and choose the file again.')
      sending.onabort = () => setState(null)
      sending.onload = () => {
        setState(null)
        const body: unknown = parse(sending.responseText)
        if (sending.status === 200 && isUpload(body)) onDone(body.id, body)
        else
          setProblem(
            readErrorBody(body) ?? { code: 'storage', message: `The server answered ${sending.status}.`, advice: 'Choose the file again.' },
          )
      }
      setProblem(null)
      setState({ sent: 0, total: file.size })
      sending.open('POST', `${url}?${new URLSearchParams({ name: file.name })}`)
      sending.setRequestHeader('Content-Type', 'application/octet-stream')
      sending.send(file)
    },
    [url, onDone],
  )
  const cancel = useCallback(() => request.current?.abort(), [])
  return { state, problem, send, cancel }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isUpload = (body: unknown): body is { id: string } =>
  typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string'
