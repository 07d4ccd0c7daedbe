import { basename } from 'node:path'

/** `Test Suite.csv.gz` → `test-suite`. */
export function goldenNameOf(file: string): string {
  const name = basename(file).replace(/(\.(csv|tsv|tab|txt|jsonl|ndjson|json|xlsx|ya?ml|gz))+$/i, '')
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
  return slug || 'cases'
}
