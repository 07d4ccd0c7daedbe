import { existsSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const executablePath = places.find((place): place is string => place !== undefined && place !== '' && existsSync(place))
const required = process.env.REQUIRE_BROWSER === '1'

/** A suite that needs Chromium. Without one it is skipped and says so; with REQUIRE_BROWSER=1 it fails. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (executablePath) {
    describe(name, suite)
    return
  }
  const how = 'no Chromium was found; install one (apt-get install chromium) or set CHROMIUM_PATH'
  if (!required) {
    describe.skip(`${name} (skipped: ${how})`, suite)
    return
  }
  describe(name, () => {
    test('needs a browser', () => expect.fail(`REQUIRE_BROWSER=1, but ${how}`))
  })
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export type WatchedPage = { page: Page; /** What the page complained about: console errors, failed scripts. */ complaints: string[] }

/** A page whose complaints are kept. A status that a test provokes is expected and named in `allow`. */
export async function openPage(context: BrowserContext, allow: RegExp[] = []): Promise<WatchedPage> {
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  const complain = (text: string) => {
    if (!allow.some((pattern) => pattern.test(text))) complaints.push(text)
  }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complain(message.text())
  })
  page.on('pageerror', (error) => complain(String(error)))
  return { page, complaints }
}

/** Fails with the serious and critical violations that axe finds, each with its first elements. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const serious = violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map(
      (violation) =>
        `${violation.id}: ${violation.help}\n${violation.nodes
          .slice(0, 3)
          .map((node) => `  ${node.html.slice(0, 200)}`)
          .join('\n')}`,
    )
  expect(serious).toEqual([])
}
