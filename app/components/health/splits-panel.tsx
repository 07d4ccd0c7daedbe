import { Link, useFetcher, type FetcherWithComponents } from '@remix-run/react'
import { Eye, Lock, Split } from 'lucide-react'
import { Button } from '~/components/ui/button'
import { Field, Input } from '~/components/ui/form'
import { formatCount, formatQuantity } from '~/components/ui/format'
import { InertText } from '~/components/ui/hidden-content'
import { ErrorNotice, Notice, readErrorBody } from '~/components/ui/notices'
import { Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { RelativeTime } from '~/components/ui/time'
import type { HoldoutLook, HoldoutState } from '~/domain/golden-set/holdout'

export type DivideAnswer =
  | { divided: { revision: number; counts: Record<string, number>; clustersKept: number } }
  | { problem: { message: string; advice: string | null } }

type Divided = { divide: FetcherWithComponents<DivideAnswer>; answer: DivideAnswer | undefined }

/** Train, validation and the sealed holdout: drawn anew, opened on record, and who looked. */
export function SplitsPanel({ base, holdout, ...divided }: { base: string; holdout: HoldoutState } & Divided) {
  return (
    <Panel title="Splits and the sealed holdout" id="splits">
      <DivideForm {...divided} />
      {(holdout.cases > 0 || holdout.looks.length > 0) && <Holdout base={base} holdout={holdout} />}
    </Panel>
  )
}

function Holdout({ base, holdout: { cases, looks, open } }: { base: string; holdout: HoldoutState }) {
  const fetcher = useFetcher()
  const problem = fetcher.state === 'idle' ? readErrorBody(fetcher.data) : null
  const pending = fetcher.state !== 'idle'
  return (
    <section className="mt-4 border-t pt-4" aria-label="Sealed holdout">
      <p className="mb-3 max-w-prose text-sm text-ink-muted">
        {cases === 0
          ? 'No case is in the holdout now.'
          : `${formatQuantity(cases, 'case is', 'cases are')} in the holdout. Every figure counts them; their content, labels and answers are not shown, here or in exports, until somebody looks and says why.`}
      </p>
      {problem && <ErrorNotice className="mb-3" title={problem.message} advice={problem.advice} />}
      {open ? (
        <fetcher.Form method="post" action={`${base}/holdout`} className="flex flex-wrap items-center gap-3">
          <input type="hidden" name="intent" value="seal" />
          <span className="text-sm">
            Open to you, since <RelativeTime at={open.createdAt} />.{' '}
            <Link className="text-link" to={`${base}?is.split=holdout`}>
              Its cases
            </Link>
          </span>
          <Button type="submit" icon={Lock} pending={pending}>
            Seal it again
          </Button>
        </fetcher.Form>
      ) : (
        cases > 0 && (
          <fetcher.Form method="post" action={`${base}/holdout`} className="flex flex-wrap items-end gap-3">
            <input type="hidden" name="intent" value="look" />
            <Field label="Why look into the holdout?" className="grow basis-80">
              <Input name="reason" required maxLength={500} placeholder="Audit before release 3" />
            </Field>
            <Button type="submit" icon={Eye} pending={pending}>
              Look, on record
            </Button>
          </fetcher.Form>
        )
      )}
      {looks.length > 0 && <Looks looks={looks} />}
    </section>
  )
}

function Looks({ looks }: { looks: HoldoutLook[] }) {
  return (
    <Table label="Looks into the holdout" className="mt-4">
      <thead>
        <tr>
          <HeaderCell>When</HeaderCell>
          <HeaderCell>Who</HeaderCell>
          <HeaderCell>Why</HeaderCell>
          <HeaderCell>What</HeaderCell>
          <HeaderCell numeric>Revision</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {looks.map((look) => (
          <Row key={look.id}>
            <Cell>
              <RelativeTime at={look.createdAt} />
            </Cell>
            <Cell>
              <InertText text={look.author} />
            </Cell>
            <Cell>
              <InertText text={look.reason} />
            </Cell>
            <Cell>
              <InertText text={look.what} />
            </Cell>
            <Cell numeric>{look.revision}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

function DivideForm({ divide, answer }: Divided) {
  return (
    <>
      {answer && 'problem' in answer && <ErrorNotice className="mb-3" title={answer.problem.message} advice={answer.problem.advice} />}
      {answer && 'divided' in answer && (
        <Notice className="mb-3">
          Revision {answer.divided.revision}: {formatCount(answer.divided.counts.train)} train,{' '}
          {formatCount(answer.divided.counts.validation)} validation, {formatCount(answer.divided.counts.holdout)} holdout;{' '}
          {formatQuantity(answer.divided.clustersKept, 'group')} of duplicates kept on one side.
        </Notice>
      )}
      <p className="mb-3 max-w-prose text-sm text-ink-muted">
        Divides all cases into 60% train, 20% validation and 20% holdout, each label and rule in the same shares, duplicates on one side. It
        makes a revision; the seed stands in its message, so that anybody can draw the same.
      </p>
      <divide.Form method="post" className="flex flex-wrap items-end gap-3">
        <input type="hidden" name="intent" value="divide" />
        <Field label="Seed" className="w-32">
          <Input name="seed" type="number" min={0} max={4294967295} defaultValue={1} required />
        </Field>
        <Button type="submit" icon={Split} pending={divide.state !== 'idle'}>
          Divide
        </Button>
      </divide.Form>
    </>
  )
}
