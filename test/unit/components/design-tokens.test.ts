import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../../../app/styles/tokens.css', import.meta.url), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--stone-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    { light, dark },
  ]),
)

/** WCAG 2.2: relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((index) => {
    const channel = Number.parseInt(hex.slice(index, index + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(first: string, second: string): number {
  const [lighter, darker] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

const grounds = ['page', 'surface', 'raised', 'sunken', 'hover', 'selected']
const textPairs = [
  ...['ink', 'ink-muted', 'ink-faint', 'gold-ink', 'fixed-ink', 'regressed-ink', 'unscored-ink', 'danger-ink'].flatMap((ink) =>
    grounds.map((ground) => [ink, ground]),
  ),
  ...['fixed', 'regressed', 'unscored', 'danger', 'gold'].map((name) => [`${name}-ink`, `${name}-soft`]),
  ...['fixed', 'regressed', 'unscored', 'danger', 'gold'].map((name) => ['ink', `${name}-soft`]),
  ['on-primary', 'primary'],
  ['on-primary', 'primary-hover'],
  ['on-danger', 'danger'],
] as Array<[string, string]>
/** What must be told from its ground without being text: control borders, focus, marks of a chart. */
const markPairs = ['line-strong', 'focus', 'fixed', 'regressed', 'unscored', 'danger'].flatMap((mark) =>
  ['page', 'surface', 'sunken'].map((ground) => [mark, ground]),
) as Array<[string, string]>

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  const color = (name: string) => {
    const pair = tokens.get(name)
    if (!pair) throw new RangeError(`no token --stone-${name}`)
    return pair[theme]
  }
  test.each(textPairs)('text %s on %s has at least 4.5:1', (ink, ground) => {
    expect(contrast(color(ink), color(ground))).toBeGreaterThanOrEqual(4.5)
  })
  test.each(markPairs)('mark %s on %s has at least 3:1', (mark, ground) => {
    expect(contrast(color(mark), color(ground))).toBeGreaterThanOrEqual(3)
  })
})
