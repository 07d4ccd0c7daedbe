import { useState } from 'react'
import { InertText } from '~/components/ui/hidden-content'
import { Field, Select } from '~/components/ui/form'
import { ContentLine } from '~/components/case/content-line'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import type { VerdictLabel } from '~/domain/policy/verdict-scheme'
import { guessLabel } from './guess-label'
import type { PreviewView } from './types'

type Targets = Array<{ value: string; label: string }>

/** What each column is, proposed from its name; and what the values of the label column mean. Fields of the form around them. */
export function MappingFields({
  preview,
  targets,
  labels,
  shown,
}: {
  preview: PreviewView
  targets: Targets
  labels: VerdictLabel[]
  shown: boolean
}) {
  const [chosen, setChosen] = useState<Record<string, string>>(preview.guess)
  const labelColumn = preview.columns.find((column) => chosen[column] === 'expected')
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
                    {targets.map((target) => (
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
      {labelColumn !== undefined && (
        <LabelFields key={labelColumn} values={preview.values[labelColumn] ?? []} labels={labels} column={labelColumn} />
      )}
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

function LabelFields({ values, labels, column }: { values: string[]; labels: VerdictLabel[]; column: string }) {
  if (values.length === 0)
    return (
      <Panel title="What its values mean">
        <p className="text-sm text-ink-muted">
          The column “{column}” has too many different values for labels. If it is the right one, its values have to be labels of the
          policy.
        </p>
      </Panel>
    )
  return (
    <Panel title={`What the values of “${column}” mean`}>
      <div className="grid grid-cols-3 gap-3 max-lg:grid-cols-2">
        {values.map((value) => (
          <Field key={value} label={<span dir="auto">{value}</span>}>
            <LabelSelect value={value} labels={labels} />
          </Field>
        ))}
      </div>
    </Panel>
  )
}

function LabelSelect({ value, labels, ...rest }: { value: string; labels: VerdictLabel[]; id?: string }) {
  return (
    <>
      <input type="hidden" name="labelValue" value={value} />
      <Select name="label" defaultValue={guessLabel(value, labels)} {...rest}>
        <option value="">As it stands</option>
        {labels.map((label) => (
          <option key={label.id} value={label.id}>
            {label.name ?? label.id}
          </option>
        ))}
      </Select>
    </>
  )
}
