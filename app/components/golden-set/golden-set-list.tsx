import { Link } from '@remix-run/react'
import { FileUp } from 'lucide-react'
import { ButtonLink } from '~/components/ui/button'
import { formatCount, notAvailable } from '~/components/ui/format'
import { EmptyState } from '~/components/ui/notices'
import { Page, PageHeader, Panel } from '~/components/ui/panel'
import { Cell, HeaderCell, Row, Table } from '~/components/ui/table'
import { RelativeTime } from '~/components/ui/time'

export type GoldenSetListView = {
  policy: { slug: string; name: string }
  goldenSets: Array<{ id: string; name: string; head: number; caseCount: number; updatedAt: number | null }>
}

/** The golden sets of one policy. */
export function GoldenSetList({ view: { policy, goldenSets } }: { view: GoldenSetListView }) {
  const importLink = (
    <ButtonLink variant="primary" icon={FileUp} to={`/policies/${policy.slug}/import`}>
      Import a file
    </ButtonLink>
  )
  return (
    <Page>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', to: '/' },
          { label: policy.name, to: `/policies/${policy.slug}` },
        ]}
        title="Golden sets"
        actions={goldenSets.length > 0 && importLink}
      />
      <Panel flush>
        {goldenSets.length === 0 ? (
          <EmptyState icon={FileUp} title="No golden set yet" actions={importLink}>
            A golden set holds the edge cases that every prompt version of this policy is rubbed against, each with the verdict that people
            settled on.
          </EmptyState>
        ) : (
          <Table label="Golden sets">
            <thead>
              <tr>
                <HeaderCell>Name</HeaderCell>
                <HeaderCell numeric>Cases</HeaderCell>
                <HeaderCell numeric>Revision</HeaderCell>
                <HeaderCell>Changed</HeaderCell>
              </tr>
            </thead>
            <tbody>
              {goldenSets.map((set) => (
                <Row key={set.id} data-row tabIndex={-1}>
                  <Cell>
                    <Link
                      className="text-link font-medium"
                      to={`/policies/${encodeURIComponent(policy.slug)}/golden/${encodeURIComponent(set.name)}`}
                    >
                      {set.name}
                    </Link>
                  </Cell>
                  <Cell numeric>{formatCount(set.caseCount)}</Cell>
                  <Cell numeric>{set.head}</Cell>
                  <Cell>{set.updatedAt === null ? notAvailable : <RelativeTime at={set.updatedAt} />}</Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </Page>
  )
}
