/** Set where the command line is bundled: a hash of all its sources. */
declare const TOUCHSTONE_BUILD: string | undefined

/** Names the sources that run, so that what was made by others is not taken for theirs. Null where they were not bundled. */
export const buildName: string | null = typeof TOUCHSTONE_BUILD === 'undefined' ? null : TOUCHSTONE_BUILD
