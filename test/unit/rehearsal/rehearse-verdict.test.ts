import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { prepareRehearsal } from '~/domain/rehearsal/prepare-rehearsal'
import { rehearseVerdict } from '~/domain/rehearsal/rehearse-verdict'

const prompt = `# Market rules

Keep the market safe.

- \`escalate\`: you cannot tell. Signs: "ask my lawyer".

## Rules

### M1 — Off-platform payment

Moving the payment away from the market.

**Signals:** "wire transfer", "gift cards", "p*yp*l me", "银行转账", "💸"

**Exceptions**

- M1.x1 A warning to others. Signs: "beware", "never pay".

**Examples**

- "send the deposit outside the site and I ship today" → violates: payment outside.
- "I bought gift wrap for the cards" → allowed: no payment.

### M2 — Counterfeits

Copies sold as originals; misspelt brand names count.

**Signals:** "replica", "mirror quality"
`
const scheme = { ...defaultVerdictScheme, rules: [{ id: 'M1' }, { id: 'M2' }], severities: ['low', 'high'] }
const judge = (content: string, text = prompt, parents: string[] = []) =>
  rehearseVerdict(prepareRehearsal(text), { content, context: { parents } }, scheme)

describe('the rehearsal classifier reads the prompt it is given', () => {
  test('a quoted sign makes its rule apply, and the rationale names it', () => {
    const verdict = judge('Pay by WIRE TRANSFERS please')
    expect(verdict).toMatchObject({ label: 'violates', rules: ['M1'] })
    expect(verdict.rationale).toContain('wire transfer')
    expect(verdict.confidence).toBeGreaterThan(0.5)
    expect(scheme.severities).toContain(verdict.severity)
  })
  test('an exception takes the sign back; without the exception it counts', () => {
    const content = 'beware of anyone who asks for gift cards'
    expect(judge(content).label).toBe('allowed')
    expect(judge(content).rationale).toContain('M1.x1')
    expect(judge(content, prompt.replace(/- M1\.x1.*\n/, '')).label).toBe('violates')
  })
  test('adding a sign to a rule makes it apply', () => {
    const content = 'message me on the green app'
    expect(judge(content).label).toBe('allowed')
    expect(judge(content, prompt.replace('"wire transfer"', '"wire transfer", "the green app"')).rules).toEqual(['M1'])
  })
  test('the nearest example votes, and turning its verdict turns the vote', () => {
    const content = 'please send the deposit outside the site, I ship today'
    expect(judge(content).label).toBe('violates')
    expect(judge(content, prompt.replace('ship today" → violates', 'ship today" → allowed')).label).toBe('allowed')
  })
  test('escalates on the signs that the prompt gives, unless a rule is plainly broken or the policy has no such label', () => {
    expect(judge('you can ask my lawyer about the parcel').label).toBe('escalate')
    const labels = scheme.labels.filter((label) => label.kind !== 'escalate')
    const verdict = rehearseVerdict(prepareRehearsal(prompt), { content: 'ask my lawyer', context: { parents: [] } }, { ...scheme, labels })
    expect(verdict.label).toBe('allowed')
  })
  test('two broken rules are both named', () => {
    expect(judge('mirror quality replica, wire transfer or gift cards').rules.toSorted()).toEqual(['M1', 'M2'])
  })
  test('masked words: "*" stands for a letter; digits for letters only where the rule speaks of misspelling', () => {
    expect(judge('paypal me tonight').rules).toEqual(['M1'])
    expect(judge('best r3plic4 here').rules).toEqual(['M2'])
    expect(judge('best r3plic4 here', prompt.replace('; misspelt brand names count', '')).label).toBe('allowed')
  })
  test('scripts without spaces, emoji and compatibility forms are matched', () => {
    expect(judge('请用银行转账付款').rules).toEqual(['M1'])
    expect(judge('only 💸 today').rules).toEqual(['M1'])
    expect(judge('ｗｉｒｅ ｔｒａｎｓｆｅｒ').rules).toEqual(['M1'])
  })
  test('what others said before counts only when the prompt speaks of context, and never alone', () => {
    const withContext = prompt.replace('Keep the market safe.', 'Read the context: the messages before.')
    expect(judge('wire transfer?', withContext, ['never pay with them']).label).toBe('allowed')
    expect(judge('wire transfer?', prompt, ['never pay with them']).label).toBe('violates')
    expect(judge('good morning', withContext, ['replica, mirror quality']).label).toBe('allowed')
  })
  test('rules that the policy does not have are not named', () => {
    expect(
      rehearseVerdict(prepareRehearsal(prompt), { content: 'replica', context: { parents: [] } }, { ...scheme, rules: [{ id: 'M1' }] }),
    ).toMatchObject({
      label: 'violates',
      rules: [],
    })
  })
  test('total and deterministic for any prompt and content', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ unit: 'binary', maxLength: 400 }), (text, content) => {
        const once = judge(content, text)
        expect(judge(content, text)).toEqual(once)
        expect(scheme.labels.map((label) => label.id)).toContain(once.label)
        expect(once.confidence).toBeGreaterThanOrEqual(0)
        expect(once.confidence).toBeLessThanOrEqual(1)
      }),
      { numRuns: 200 },
    )
  })
  test('a prompt that states nothing finds nothing', () => {
    expect(judge('wire transfer', '').label).toBe('allowed')
  })
})
