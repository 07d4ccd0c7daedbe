import { useFetchers, useRouteLoaderData } from '@remix-run/react'
import { z } from 'zod'

/** What a reader chose, kept in a cookie so that the first response already shows it. */
export const preferencesSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  /** Content of cases is blurred until asked for. */
  hideContent: z.boolean().catch(true),
  /** Stands with whatever this person changes. */
  author: z
    .string()
    .trim()
    .min(1, 'Enter a name.')
    .max(80, 'Use at most 80 characters.')
    // oxlint-disable-next-line no-control-regex -- a name with control characters could forge lines of a history
    .regex(/^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$/, 'Use letters that can be seen.')
    .catch('you'),
  /** The guided first run was finished or dismissed. */
  guideDone: z.boolean().catch(false),
  /** Prompts are edited in a plain field instead of Monaco. */
  plainEditor: z.boolean().catch(false),
})
export type Preferences = z.infer<typeof preferencesSchema>
export type Theme = Preferences['theme']

export const defaultPreferences: Preferences = { theme: 'system', hideContent: true, author: 'you', guideDone: false, plainEditor: false }

/** Where the preferences are changed, and what the root loader hands to every page. */
export const preferencesPath = '/preferences'
export type RootData = { preferences: Preferences; renderedAtMs: number }

export function useRootData(): RootData | undefined {
  return useRouteLoaderData('root') as RootData | undefined
}

/** The preferences with what is being saved right now already in them. */
export function usePreferences(): Preferences {
  const saved = useRootData()?.preferences ?? defaultPreferences
  return useFetchers().reduce((preferences, fetcher) => {
    if (fetcher.formAction !== preferencesPath || !fetcher.formData) return preferences
    return mergePreferences(preferences, fetcher.formData)
  }, saved)
}

/** The preferences after a form with some of them was sent; a field that is missing stays, one that is not valid stays too. */
export function mergePreferences(current: Preferences, form: FormData): Preferences {
  const value = (name: keyof Preferences) => form.get(name)
  const theme = preferencesSchema.shape.theme.unwrap().safeParse(value('theme'))
  const author = preferencesSchema.shape.author.unwrap().safeParse(value('author'))
  return {
    theme: theme.success ? theme.data : current.theme,
    author: author.success ? author.data : current.author,
    hideContent: readBoolean(value('hideContent'), current.hideContent),
    guideDone: readBoolean(value('guideDone'), current.guideDone),
    plainEditor: readBoolean(value('plainEditor'), current.plainEditor),
  }
}

function readBoolean(value: FormDataEntryValue | null, otherwise: boolean): boolean {
  return value === 'true' ? true : value === 'false' ? false : otherwise
}
