import { useEffect, useState } from 'react'

export type VersionText = { status: 'none' } | { status: 'looking' } | { status: 'failed' } | { status: 'there'; text: string }

/** The text of a version, fetched once a page: versions never change. */
export function useVersionText(slug: string, number: number | null): VersionText {
  const [texts, setTexts] = useState<ReadonlyMap<string, string | null>>(new Map())
  const key = `${slug}@${number}`
  const known = texts.has(key)
  useEffect(() => {
    if (number === null || known) return
    let gone = false
    const keep = (text: string | null) => {
      if (!gone) setTexts((current) => new Map(current).set(key, text))
    }
    fetch(`/policies/${encodeURIComponent(slug)}/versions/${number}`)
      .then(async (response) => {
        if (!response.ok) throw new Error(String(response.status))
        keep(((await response.json()) as { text: string }).text)
      })
      .catch(() => keep(null))
    return () => {
      gone = true
    }
  }, [slug, number, key, known])
  if (number === null) return { status: 'none' }
  const text = texts.get(key)
  return text === undefined ? { status: 'looking' } : text === null ? { status: 'failed' } : { status: 'there', text }
}
