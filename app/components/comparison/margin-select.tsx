import { useSearchParams } from '@remix-run/react'
import { Select } from '~/components/ui/form'

const margins = ['0.005', '0.01', '0.02', '0.03', '0.05', '0.1']
const usual = '0.02'

/** How much accuracy may be lost and still be "not worse"; it stands in the URL. */
export function MarginSelect({ margin }: { margin: number }) {
  const [, setParams] = useSearchParams()
  const value = String(margin)
  const options = margins.includes(value) ? margins : [...margins, value].sort((a, b) => Number(a) - Number(b))
  const choose = (chosen: string) =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current)
        if (chosen === usual) next.delete('margin')
        else next.set('margin', chosen)
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  return (
    <label className="flex items-center gap-2 text-sm text-ink-muted">
      Margin
      <Select value={value} onChange={(event) => choose(event.target.value)} className="w-auto!">
        {options.map((option) => (
          <option key={option} value={option}>
            {Number((Number(option) * 100).toFixed(2))} points
          </option>
        ))}
      </Select>
    </label>
  )
}
