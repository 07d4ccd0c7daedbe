import { describe, expect, it } from 'vitest'
import { diffRules, touchedRules } from '~/domain/policy/changed-rules'

const before = '## Rules\n### H1 — Slurs\nWords.\n**Exceptions**\n- H1.x1 Food\n### H2 — Threats\nHarm.\n### H3 — Old\nGone.\n'

describe('diffRules', () => {
  it('finds no change in moved, re-wrapped or untouched text', () => {
    expect(diffRules(before, before)).toEqual({ added: [], removed: [], changed: [] })
    expect(diffRules(before, `Preface.\n\n${before}`)).toEqual({ added: [], removed: [], changed: [] })
    expect(diffRules('### H1 — A\nx\n### H2 — B\ny', '### H2 — B\ny\n### H1 — A\nx').changed).toEqual([])
  })

  it('says which rules were added, removed and changed, and in what', () => {
    const after =
      '## Rules\n### H1 — Slurs\nWords.\n**Exceptions**\n- H1.x1 Food and dams\n### H2 — Threats\nHarm, also veiled.\n**Examples**\n- "x" → violates\n### H4 — New\nNew.\n'
    expect(diffRules(before, after)).toEqual({
      added: ['H4'],
      removed: ['H3'],
      changed: [
        { id: 'H1', parts: ['exceptions'] },
        { id: 'H2', parts: ['definition', 'examples'] },
      ],
    })
    expect(touchedRules(before, after)).toEqual(['H4', 'H3', 'H1', 'H2'])
  })

  it('counts a changed sub-rule for its rule', () => {
    expect(touchedRules('### SP2 — A\nSP2.a B – “x”', '### SP2 — A\nSP2.a B – “y”')).toEqual(['SP2.a', 'SP2'])
  })
})
