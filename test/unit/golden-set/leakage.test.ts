import { describe, expect, it } from 'vitest'
import { findLeakage } from '~/domain/golden-set/leakage'

const prompts = [
  { name: 'v1', text: 'H1. No insults.\n- "You people should all go home!" → violates\nSay hello to users.' },
  { name: 'v2', text: 'H1. No insults.\n- "You people should all\n  go  home" → violates\n例：「あなたたちは全員国に帰るべきだ」' },
]
const leakedIn = (content: string) => findLeakage([{ id: 'c', content }], prompts).leaked[0]?.prompts ?? []

describe('findLeakage', () => {
  it('finds a quotation whatever its punctuation, case and line ends', () => {
    expect(leakedIn('you people should ALL go home...')).toEqual(['v1', 'v2'])
    expect(leakedIn('You people should all go home, and your children')).toEqual([])
  })

  it('finds a quotation in a script without spaces', () => {
    expect(leakedIn('あなたたちは全員国に帰るべきだ。')).toEqual(['v2'])
  })

  it('never takes a short common phrase for a quotation, but counts it', () => {
    expect(
      findLeakage(
        [
          { id: 'c', content: 'hello' },
          { id: 'd', content: '!!!' },
        ],
        prompts,
      ),
    ).toEqual({ leaked: [], tooShort: 2 })
  })

  it('does not take common words of a long prompt for a quotation', () => {
    expect(leakedIn('No users should say insults to people, all go home to you')).toEqual([])
  })

  it('finds nothing without prompts, and refuses a threshold that is no share', () => {
    expect(findLeakage([{ id: 'c', content: 'You people should all go home' }], [])).toEqual({ leaked: [], tooShort: 0 })
    expect(() => findLeakage([], [], { threshold: 2 })).toThrow('got 2')
  })
})
