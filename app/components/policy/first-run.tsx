import { useFetcher } from '@remix-run/react'
import { X } from 'lucide-react'
import { ButtonLink, IconButton } from '../ui/button'
import { Kbd, useModifierName } from '../ui/kbd'
import { preferencesPath, usePreferences } from '../ui/preferences'

/** What Touchstone is for, in three steps, until the reader has seen it. */
export function FirstRun({ slug, name }: { slug: string; name: string }) {
  const fetcher = useFetcher()
  const { guideDone } = usePreferences()
  const modifier = useModifierName()
  if (guideDone) return null
  return (
    <section aria-labelledby="first-run" className="relative mb-6 overflow-hidden rounded-lg border bg-surface">
      <div className="gold-streak h-1" aria-hidden />
      <div className="p-5 pr-12">
        <h2 id="first-run" className="text-lg font-semibold">
          Change a sentence, see which cases it fixes and which it breaks
        </h2>
        <p className="mt-1 max-w-prose text-ink-muted">
          A prompt version is rubbed against a golden set: cases that people have labelled. The comparison below is real and was made with
          the bundled rehearsal model, so everything works without a key.
        </p>
        <ol className="mt-4 grid gap-4 md:grid-cols-3">
          {[
            ['Change a sentence', `Open ${name} and edit an exception, a definition or an example.`],
            ['Replay it', 'One key judges every case again and shows the flips as they happen.'],
            ['Decide', 'One sentence says whether the difference is real or noise, with the evidence under it.'],
          ].map(([title, text], index) => (
            <li key={title} className="flex gap-3">
              <span
                aria-hidden
                className="mt-0.5 flex size-6 shrink-0 items-center justify-center rounded-full border border-gold text-sm font-semibold text-gold-ink"
              >
                {index + 1}
              </span>
              <div>
                <p className="font-semibold">{title}</p>
                <p className="text-sm text-ink-muted">
                  {text}
                  {index === 1 && (
                    <>
                      {' '}
                      <Kbd>{modifier}</Kbd> <Kbd>Enter</Kbd>
                    </>
                  )}
                </p>
              </div>
            </li>
          ))}
        </ol>
        <ButtonLink variant="primary" className="mt-4" to={`/policies/${slug}?guide=1`}>
          Try it
        </ButtonLink>
      </div>
      <fetcher.Form method="post" action={preferencesPath} className="absolute top-3 right-2">
        <input type="hidden" name="guideDone" value="true" />
        <IconButton type="submit" label="Do not show this again" icon={X} />
      </fetcher.Form>
    </section>
  )
}
