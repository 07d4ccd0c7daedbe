import { useState } from 'react'
import { InertText } from '~/components/ui/hidden-content'
import { Field, Input, Select } from '~/components/ui/form'
import { ContentLine } from '~/components/case/content-line'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import type { VerdictLabel } from '~/domain/policy/verdict-scheme'
import { guessLabel } from '~/domain/golden-set/guess-label'
import type { ImportPreview } from '~/domain/golden-set/import-preview'
import { noLabel } from './types'

type Targets = Array<{ value: string; label: string }>

/** What each column is, proposed from its name; and what the values of the label column mean. Fields of the form around them. */
export function MappingFields({
  preview,
  targets,
  labels,
  shown,
}: {
  preview: ImportPreview
  targets: Targets
  labels: VerdictLabel[]
  shown: boolean
}) {
  const [chosen, setChosen] = useState<Record<string, string>>(preview.guess)
  const labelColumns = preview.columns.filter((column) => chosen[column] === 'expected' || /^annotation(?:\.|$)/.test(chosen[column] ?? ''))
  const hasRuleColumn = Object.values(chosen).some((target) => target === 'flag' || target.startsWith('rule.'))
  const contentColumn = preview.columns.find((column) => chosen[column] === 'content')
  return (
    <>
      <Panel
        title="What each column is"
        flush
        footer={
          contentColumn === undefined
            ? 'Say which column holds the content: without it nothing can be imported.'
            : 'A column that is nothing else is kept as metadata.'
        }
      >
        <Table label="Columns of the file with the part of a case that each one is">
          <thead>
            <tr>
              <HeaderCell>Column</HeaderCell>
              <HeaderCell>Is the</HeaderCell>
              <HeaderCell>First values</HeaderCell>
            </tr>
          </thead>
          <tbody>
            {preview.columns.map((column, index) => (
              <Row key={`${index}-${column}`}>
                <th scope="row" className="max-w-48 px-3 py-2 text-left align-middle font-medium">
                  <InertText text={column === '' ? '(no name)' : column} />
                </th>
                <Cell className="w-56 align-middle!">
                  <input type="hidden" name="column" value={column} />
                  <Select
                    name="target"
                    aria-label={`What the column ${column} is`}
                    value={chosen[column] ?? ''}
                    onChange={(event) => setChosen({ ...chosen, [column]: event.target.value })}
                  >
                    <option value="">Metadata</option>
                    {withOwn(targets, preview.guess[column]).map((target) => (
                      <option key={target.value} value={target.value}>
                        {target.label}
                      </option>
                    ))}
                    <option value="ignore">Nothing: leave it out</option>
                  </Select>
                </Cell>
                <Cell className="max-w-0 align-middle!">
                  <FirstValues values={preview.rows.map((row) => row.cells[index] ?? '')} shown={shown || !isText(chosen[column])} />
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      </Panel>
      {hasRuleColumn && (
        <label className="flex items-center gap-2 text-sm">
          <input type="checkbox" name="blankIsNo" defaultChecked={preview.blankIsNo} className="size-4 accent-(--stone-gold)" />
          An empty cell of a rule’s column means that the rule does not apply, not that nobody said
        </label>
      )}
      {labelColumns.length > 0 && <LabelFields key={labelColumns.join()} preview={preview} labels={labels} columns={labelColumns} />}
    </>
  )
}

/** Columns that hold what people posted. */
const isText = (target: string | undefined) => target === undefined || target === '' || target === 'content' || target === 'context.parents'

function FirstValues({ values, shown }: { values: string[]; shown: boolean }) {
  const distinct = [...new Set(values.filter((value) => value !== ''))].slice(0, 3)
  if (distinct.length === 0) return <span className="text-ink-faint">empty</span>
  return <ContentLine text={distinct.join('  ·  ')} shown={shown} className="text-ink-muted" />
}

/** The list with what was found for the column, where that is a rule or an annotator of a name of its own. */
function withOwn(targets: Targets, guess: string | undefined): Targets {
  if (guess === undefined || guess === 'ignore' || targets.some(({ value }) => value === guess)) return targets
  const name = guess.slice(guess.indexOf('.') + 1)
  return [...targets, { value: guess, label: guess.startsWith('rule.') ? `Rule ${name}: 1 or 0` : `Label of ${name}` }]
}

type LabelFieldsProps = { preview: ImportPreview; labels: VerdictLabel[]; columns: string[] }

function LabelFields({ preview, labels, columns }: LabelFieldsProps) {
  const [column = ''] = columns
  const values = [...new Set([...columns.flatMap((name) => preview.values[name] ?? []), ...Object.keys(preview.labels)])].sort()
  const named = columns.map((name) => `“${name}”`).join(', ')
  if (values.length === 0 || preview.positive !== '')
    return (
      <Panel title={`What the values of ${named} mean`}>
        <Field
          label="Violating from, or when it is"
          hint="A limit such as >=0.5, or a value; everything else is then allowed. Empty: the values are labels of the policy."
        >
          <Input name="positive" defaultValue={preview.positive} maxLength={200} />
        </Field>
        {Object.entries(preview.labels).map(([value, label]) => (
          <p key={value} className="mt-2 text-sm text-ink-muted">
            <input type="hidden" name="labelValue" value={value} />
            <input type="hidden" name="label" value={label === '' ? noLabel : label} />
            <InertText text={value} className="inline!" /> means {label === '' ? 'no label' : label}, as the saved mapping says.
          </p>
        ))}
      </Panel>
    )
  return (
    <Panel title={`What the values of ${named} mean`}>
      <div className="grid grid-cols-3 gap-3 max-lg:grid-cols-2">
        {values.map((value) => (
          <Field key={value} label={<InertText text={value} />}>
            <LabelSelect value={value} labels={labels} meant={preview.labels[value] ?? guessLabel(value, labels, column)} />
          </Field>
        ))}
      </div>
      {preview.guessLabels !== null && (
        <label className="mt-3 flex items-center gap-2 text-sm">
          <input type="hidden" name="statesGuess" value="on" />
          <input type="checkbox" name="guessLabels" defaultChecked={preview.guessLabels} className="size-4 accent-(--stone-gold)" />
          Read values that are not listed here by what they mean, and do not refuse them
        </label>
      )}
    </Panel>
  )
}

/** `meant`: the label that the value seems to mean, '' for none, null where a person has to say it. */
function LabelSelect({ value, labels, meant, ...rest }: { value: string; labels: VerdictLabel[]; meant: string | null; id?: string }) {
  return (
    <>
      <input type="hidden" name="labelValue" value={value} />
      <Select name="label" defaultValue={meant === '' ? noLabel : (meant ?? '')} {...rest}>
        <option value="">Say which</option>
        {labels.map((label) => (
          <option key={label.id} value={label.id}>
            {label.name ?? label.id}
          </option>
        ))}
        <option value={noLabel}>No label</option>
      </Select>
    </>
  )
}
