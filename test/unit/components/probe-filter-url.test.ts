import { expect, test } from 'vitest'
import { describeProbeFilter, probesHref, readProbeFilter, writeProbeFilter } from '~/components/probes/probe-filter-url'
import type { ProbeFilter } from '~/domain/probes/probe-records'

const full: ProbeFilter = {
  kind: 'attack',
  transform: 'testClaim',
  result: 'attackSuccess',
  leftOut: 'wrongBefore',
  parentId: 'case/1',
  facet: { by: 'rule', value: 'H2' },
}

test('a filter survives the URL, part by part', () => {
  expect(readProbeFilter(writeProbeFilter(new URLSearchParams(), full))).toEqual(full)
  for (const { without } of describeProbeFilter(full)) {
    const kept = Object.fromEntries(Object.entries(without).filter(([, value]) => value !== undefined))
    expect(readProbeFilter(writeProbeFilter(new URLSearchParams(), without))).toEqual(kept)
    expect(Object.keys(kept)).toHaveLength(Object.keys(full).length - 1)
  }
})

test('what is not understood is left out', () => {
  expect(readProbeFilter(new URLSearchParams('kind=x&transform=rot13&result=won&leftOut=because'))).toEqual({})
  expect(probesHref({})).toBe('?#cases')
})
