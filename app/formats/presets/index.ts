import { TouchstoneError } from '~/lib/errors'
import { argilla } from './argilla'
import { contextToxicity } from './context-toxicity'
import { gptOssSafeguard } from './gpt-oss-safeguard'
import { hatecheck } from './hatecheck'
import { labelStudio } from './label-studio'
import { multilingualHatecheck } from './multilingual-hatecheck'
import { openaiEvals } from './openai-evals'
import { openaiModeration } from './openai-moderation'
import { policyAgent } from './policy-agent'
import type { Preset } from './preset'
import { promptfoo } from './promptfoo'
import type { RowSample } from '../sample-rows'

export { presetLabels, type Preset, type PresetLabels } from './preset'

export const presets: readonly Preset[] = [
  hatecheck,
  multilingualHatecheck,
  openaiModeration,
  gptOssSafeguard,
  policyAgent,
  contextToxicity,
  labelStudio,
  argilla,
  promptfoo,
  openaiEvals,
]

/** Throws a TouchstoneError that names the known presets. */
export function findPreset(name: string): Preset {
  const preset = presets.find((candidate) => candidate.name === name)
  if (!preset)
    throw new TouchstoneError(
      'invalid-input',
      `There is no preset ${JSON.stringify(name)}.`,
      `Use one of: ${presets.map((known) => known.name).join(', ')}.`,
    )
  return preset
}

/** The preset whose layout the first rows have. */
export const detectPreset = (sample: RowSample): Preset | null => presets.find((preset) => preset.detect?.(sample)) ?? null
