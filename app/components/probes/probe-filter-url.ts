import { readFacets, setParameter, toSearch, writeFacets } from '~/components/case/facet-url'
import { describeTransform, probeKinds, transformNames } from '~/domain/probes/transforms'
import { probeResults, type ProbeFilter, type ProbeResult } from '~/domain/probes/probe-records'
import { leftOutReasons, leftOutWords } from '~/domain/probes/robustness'

export const resultWords: Record<ProbeResult, string> = {
  moved: 'verdict moved',
  held: 'verdict held',
  judged: 'verdict on both',
  fromViolating: 'moved from violating',
  toViolating: 'moved to violating',
  attackSuccess: 'injection succeeded',
  falseAlarms: 'look-alike flagged',
  tried: 'judged right unchanged',
}

/** Reads the filter out of the URL; what is not understood is left out. */
export function readProbeFilter(params: URLSearchParams): ProbeFilter {
  const kind = probeKinds.find((known) => known === params.get('kind'))
  const transform = transformNames.find((known) => known === params.get('transform'))
  const result = probeResults.find((known) => known === params.get('result'))
  const leftOut = leftOutReasons.find((known) => known === params.get('leftOut'))
  const parentId = params.get('parent')
  const facet = readFacets(params)[0]
  return {
    ...(kind ? { kind } : {}),
    ...(transform ? { transform } : {}),
    ...(result ? { result } : {}),
    ...(leftOut ? { leftOut } : {}),
    ...(parentId ? { parentId } : {}),
    ...(facet ? { facet } : {}),
  }
}

export function writeProbeFilter(params: URLSearchParams, filter: ProbeFilter): URLSearchParams {
  const next = new URLSearchParams(params)
  setParameter(next, 'kind', filter.kind)
  setParameter(next, 'transform', filter.transform)
  setParameter(next, 'result', filter.result)
  setParameter(next, 'leftOut', filter.leftOut)
  setParameter(next, 'parent', filter.parentId)
  writeFacets(next, filter.facet ? [filter.facet] : [])
  return next
}

/** Where a figure leads: the probes that this filter leaves, on the page of the run. */
export const probesHref = (filter: ProbeFilter): string => `${toSearch(writeProbeFilter(new URLSearchParams(), filter)) || '?'}#cases`

export function describeProbeFilter(filter: ProbeFilter): Array<{ key: string; text: string; without: ProbeFilter }> {
  const { kind, transform, result, leftOut, facet, parentId } = filter
  const kindWords = {
    unchanged: 'unchanged',
    repeat: 'asked once more',
    variant: 'disguised',
    attack: 'injections',
    lookAlike: 'look-alikes',
  }
  return [
    ...(kind ? [{ key: 'kind', text: kindWords[kind], without: { ...filter, kind: undefined } }] : []),
    ...(transform
      ? [{ key: 'transform', text: describeTransform(transform, 'attack'), without: { ...filter, transform: undefined } }]
      : []),
    ...(result ? [{ key: 'result', text: resultWords[result], without: { ...filter, result: undefined } }] : []),
    ...(leftOut ? [{ key: 'leftOut', text: leftOutWords[leftOut], without: { ...filter, leftOut: undefined } }] : []),
    ...(facet ? [{ key: 'facet', text: `${facet.by}: ${facet.value}`, without: { ...filter, facet: undefined } }] : []),
    ...(parentId ? [{ key: 'parent', text: `of ${parentId}`, without: { ...filter, parentId: undefined } }] : []),
  ]
}
