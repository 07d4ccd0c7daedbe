import { everyValue, type Preset } from './preset'
import { at, firstText, isObject, transformValues, without, type JsonObject } from './transform-values'

const textKeys = ['text', 'content', 'comment', 'message', 'body'] as const

export const labelStudio: Preset = {
  name: 'label-studio',
  title: 'Label Studio',
  description:
    "Tasks with annotations (JSON), or the short form (JSON-MIN). Each person's choice becomes an annotation; the expected label is that of the annotation marked as ground truth, else the one that all agree on. Choices are labels of the policy, or are mapped with --positive or --label.",
  detect: everyValue(
    (task) => isObject(task.data) && (Array.isArray(task.annotations) || Array.isArray(task.predictions) || typeof task.id === 'number'),
  ),
  transform: (rows) =>
    transformValues(rows, (task) => {
      const data = isObject(task.data) ? task.data : task
      const content = firstText(data, textKeys)
      if (content === undefined) return `has no text under ${textKeys.map((key) => `"${key}"`).join(', ')}`
      const annotations = Array.isArray(task.annotations) ? task.annotations.filter(isObject).map(readAnnotation) : []
      const id = data.id ?? task.id
      return {
        ...(id === undefined || id === null ? {} : { id: String(id) }),
        content,
        ...(isObject(task.data) ? settle(annotations) : shortForm(task)),
        ...(Array.isArray(data.parents) || typeof data.locale === 'string'
          ? { context: { parents: data.parents, locale: data.locale } }
          : {}),
        ...(Array.isArray(data.tags) ? { tags: data.tags } : {}),
        meta: {
          ...(isObject(data.meta) ? data.meta : {}),
          ...(isObject(task.data) ? without(data, [...textKeys, 'id', 'parents', 'locale', 'tags', 'meta']) : {}),
        },
      }
    }),
}

type Read = { annotator: string; label: string | null; rules: string[]; note?: string; isTruth: boolean }

function readAnnotation(annotation: JsonObject, index: number): Read {
  const results = Array.isArray(annotation.result) ? annotation.result.filter(isObject) : []
  const choices = (isRules: boolean) =>
    results
      .filter((result) => (result.from_name === 'rules') === isRules)
      .flatMap((result) => {
        const chosen = at(result, 'value', 'choices')
        return Array.isArray(chosen) ? chosen.map(String) : []
      })
  const note = results.map((result) => at(result, 'value', 'text', 0)).find((text) => typeof text === 'string')
  const by = annotation.completed_by
  const person = isObject(by) ? (by.email ?? by.id) : by
  return {
    annotator: person === undefined || person === null ? `a${index + 1}` : String(person),
    label: choices(false)[0] ?? null,
    rules: choices(true),
    ...(typeof note === 'string' ? { note } : {}),
    isTruth: annotation.ground_truth === true,
  }
}

function settle(annotations: Read[]): JsonObject {
  const truth = annotations.find((annotation) => annotation.isTruth)
  const people = annotations.filter((annotation) => annotation !== truth)
  const labels = new Set(people.map((annotation) => annotation.label))
  const agreed = truth ?? (labels.size === 1 ? people[0] : undefined)
  return {
    ...(agreed?.label ? { expected: { label: agreed.label, rules: agreed.rules } } : {}),
    ...(truth?.note ? { note: truth.note } : {}),
    annotations: people.map(({ annotator, label, rules, note }) => ({ annotator, label, rules, note })),
  }
}

const shortFormKeys = ['label', 'choice', 'sentiment', 'verdict', 'class'] as const

function shortForm(task: JsonObject): JsonObject {
  const label = firstText(task, shortFormKeys)
  return label === undefined ? {} : { expected: label }
}
