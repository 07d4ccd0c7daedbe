import { Download } from 'lucide-react'
import { Button } from '~/components/ui/button'
import { Menu } from '~/components/ui/menu'

/** The revision as a file, in each format. */
export function ExportMenu({ base, revision }: { base: string; revision: number }) {
  const formats: Array<[format: string, label: string]> = [
    ['jsonl', 'JSON Lines (complete)'],
    ['csv', 'CSV'],
    ['tsv', 'TSV'],
    ['promptfoo', 'promptfoo test cases'],
    ['label-studio', 'Label Studio'],
  ]
  return (
    <Menu
      items={formats.map(([format, label]) => ({
        kind: 'file' as const,
        label,
        href: `${base}/export?format=${format}&revision=${revision}`,
      }))}
    >
      <Button icon={Download}>Export</Button>
    </Menu>
  )
}
