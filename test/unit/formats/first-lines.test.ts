import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FirstLines } from '~/formats/first-lines'

it('answers as a map of ids to their first lines would, also after it has grown', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 4 }), { maxLength: 400 }), (ids) => {
      const lines = new FirstLines()
      const expected = new Map<string, number>()
      for (const [index, id] of ids.entries()) {
        expect(lines.see(id, index + 1)?.line ?? null).toBe(expected.get(id) ?? null)
        if (!expected.has(id)) expected.set(id, index + 1)
      }
    }),
  )
  const many = new FirstLines()
  for (let index = 1; index <= 50_000; index += 1) expect(many.see(`case-${index}`, index)).toBeNull()
  for (let index = 1; index <= 50_000; index += 1) expect(many.see(`case-${index}`, 1)?.line).toBe(index)
})

it('knows whether an id said the same before, also after it has grown', () => {
  const lines = new FirstLines()
  for (let index = 1; index <= 10_000; index += 1) lines.see(`case-${index}`, index, `text ${index}`)
  expect(lines.see('case-7', 1, 'text 7')).toEqual({ line: 7, isSame: true })
  expect(lines.see('case-7', 1, 'text 8')).toEqual({ line: 7, isSame: false })
})
