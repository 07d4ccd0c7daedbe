import { TouchstoneError } from '~/lib/errors'
import { hatecheck } from './hatecheck'
import type { Preset } from './preset'

export type { Preset } from './preset'

export const presets: readonly Preset[] = [hatecheck]

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
