import { useLocation, useNavigation, useSearchParams } from '@remix-run/react'
import { useMemo } from 'react'

type SearchParams = ReturnType<typeof useSearchParams>

/**
 * The search parameters as they will be when the navigation under way on this page has ended, so that each control shows at once what was
 * chosen. The last of the three reads, in an event, the newest there are: a page that is drawn slowly may still show older ones.
 */
export function useNextSearchParams(): [...SearchParams, () => URLSearchParams] {
  const [params, setParams] = useSearchParams()
  const { pathname } = useLocation()
  const { location } = useNavigation()
  const search = location?.pathname === pathname ? location.search : null
  const next = useMemo(() => (search === null ? params : new URLSearchParams(search)), [search, params])
  return [next, setParams, () => new URLSearchParams(search ?? window.location.search)]
}
