import { data, redirect, type ActionFunctionArgs } from '@remix-run/node'
import { mergePreferences } from '~/components/ui/preferences'
import { readPreferences, writePreferences } from './_lib/preferences.server'

/** There is nothing to see here: preferences are changed from the top bar. */
export function loader() {
  return redirect('/')
}

/** Any of the preferences as form fields. `returnTo` is where a browser without scripts goes back to. */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData()
  const preferences = mergePreferences(await readPreferences(request), form)
  const headers = { 'Set-Cookie': await writePreferences(preferences) }
  const returnTo = form.get('returnTo')
  // Only a path of this site: "//elsewhere" would leave it.
  if (typeof returnTo === 'string' && /^\/(?![/\\])/.test(returnTo)) return redirect(returnTo, { headers })
  return data({ preferences }, { headers })
}
