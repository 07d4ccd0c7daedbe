import { everyValue, type Preset } from './preset'
import { firstText, isObject, transformValues, without, type JsonObject } from './transform-values'

const textKeys = ['text', 'content', 'comment', 'message', 'sentence', 'input'] as const
const labelKeys = ['annotation', 'label', 'labels'] as const

export const argilla: Preset = {
  name: 'argilla',
  title: 'Argilla and Hugging Face JSON Lines',
  description:
    'Records with a text and a label (JSON Lines): `{"text":…,"label":…}`, or Argilla\'s fields and responses. Each response becomes an annotation; the expected label is the record\'s, else the one that all responses agree on.',
  detect: everyValue(
    (record) =>
      (isObject(record.fields) && ('responses' in record || 'suggestions' in record || 'metadata' in record)) ||
      (isObject(record.inputs) && 'annotation' in record),
  ),
  transform: (rows) =>
    transformValues(rows, (record) => {
      const fields = isObject(record.fields) ? record.fields : isObject(record.inputs) ? record.inputs : record
      const content = firstText(fields, textKeys)
      if (content === undefined) return `has no text under ${textKeys.map((key) => `"${key}"`).join(', ')}`
      const annotations = readResponses(record)
      const agreed = new Set(annotations.map((annotation) => annotation.label))
      const own = labelKeys.map((key) => record[key]).find((value) => ['string', 'number', 'boolean'].includes(typeof value))
      const label = own ?? (agreed.size === 1 ? annotations[0]?.label : undefined)
      const id = record.external_id ?? record.id
      const metadata = isObject(record.metadata) ? record.metadata : {}
      return {
        ...(id === undefined || id === null ? {} : { id: String(id) }),
        content,
        ...(label === undefined ? {} : { expected: String(label) }),
        ...(typeof record.split === 'string' ? { split: record.split } : {}),
        annotations,
        meta: {
          ...without(record, [
            ...textKeys,
            ...labelKeys,
            'id',
            'external_id',
            'fields',
            'inputs',
            'responses',
            'metadata',
            'split',
            'suggestions',
            'vectors',
          ]),
          ...metadata,
        },
      }
    }),
}

function readResponses(record: JsonObject): Array<{ annotator: string; label: string }> {
  const submitted = (response: JsonObject) => response.status !== 'discarded' && response.status !== 'draft'
  if (isObject(record.responses))
    // The newer form: question → who answered what. The first question with an answer that can be a label is the one about it.
    return (
      Object.values(record.responses)
        .map((answers) =>
          Array.isArray(answers)
            ? answers
                .filter(isObject)
                .filter(submitted)
                .flatMap((response, index) => toAnnotation(response, [response.value], index))
            : [],
        )
        .find((annotations) => annotations.length > 0) ?? []
    )
  if (!Array.isArray(record.responses)) return []
  return record.responses
    .filter(isObject)
    .filter(submitted)
    .flatMap((response, index) => toAnnotation(response, isObject(response.values) ? Object.values(response.values) : [], index))
}

function toAnnotation(response: JsonObject, values: unknown[], index: number): Array<{ annotator: string; label: string }> {
  const value = values
    .map((part) => (isObject(part) ? part.value : part))
    .find((part) => typeof part === 'string' || typeof part === 'number')
  return value === undefined ? [] : [{ annotator: String(response.user_id ?? `a${index + 1}`), label: String(value) }]
}
