import type { GoldenCase } from '~/domain/golden-set/golden-case'
import type { VerdictScheme } from '~/domain/policy/verdict-scheme'
import { renderMessages } from '~/domain/prompt/render'
import type { Verdict } from '~/domain/verdict/verdict'

type Training = { scheme: VerdictScheme; promptText: string }

/** OpenAI fine-tuning chat format, JSON Lines: the messages of a replay, then the expected verdict with the note that says why. */
export async function* writeFineTuning(cases: AsyncIterable<GoldenCase>, training: Training): AsyncGenerator<string> {
  for await (const golden of cases) {
    const messages = [
      ...renderMessages({ ...training, case: golden }),
      { role: 'assistant', content: expectedAnswer(golden, training.scheme) },
    ]
    yield `${JSON.stringify({ messages })}\n`
  }
}

/** OpenAI preference format (DPO), JSON Lines: the expected verdict is preferred over the wrong one that a model gave. */
export async function* writePreferencePairs(
  pairs: AsyncIterable<{ golden: GoldenCase; rejected: Verdict }>,
  training: Training,
): AsyncGenerator<string> {
  for await (const { golden, rejected } of pairs) {
    const line = {
      input: { messages: renderMessages({ ...training, case: golden }) },
      preferred_output: [{ role: 'assistant', content: expectedAnswer(golden, training.scheme) }],
      non_preferred_output: [{ role: 'assistant', content: answerText(rejected, training.scheme) }],
    }
    yield `${JSON.stringify(line)}\n`
  }
}

function expectedAnswer(golden: GoldenCase, scheme: VerdictScheme): string {
  const rules = Object.entries(golden.expected?.rules ?? {}).flatMap(([rule, applies]) => (applies ? [rule] : []))
  return answerText(
    {
      label: golden.expected?.label ?? '',
      rules,
      ...(golden.expected?.severity ? { severity: golden.expected.severity } : {}),
      rationale: golden.note ?? correctionNote(golden) ?? '',
    },
    scheme,
  )
}

/** Why a reviewer settled on the expected label, where the case itself does not say: an overturn leaves its note with the annotation. */
const correctionNote = ({ expected, annotations }: GoldenCase) =>
  annotations.findLast(({ label, note }) => note !== undefined && label === expected?.label)?.note

/** A verdict as the structured output has it. Confidence is left out: nobody stated one. */
function answerText(verdict: Verdict, scheme: VerdictScheme): string {
  return JSON.stringify({
    rationale: verdict.rationale ?? '',
    label: verdict.label,
    ...(scheme.rules.length ? { rules: verdict.rules } : {}),
    ...(scheme.severities.length ? { severity: verdict.severity ?? null } : {}),
  })
}
