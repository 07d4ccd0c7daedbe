import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { removeSeed, startApp, type RunningApp } from './app'
import { launchBrowser, openPage, type WatchedPage } from './browser'

export type BrowserSuite = {
  /** The address of the app that runs now. */
  readonly url: string
  /** A page in the context of this test. A status that a test provokes is expected and named in `allow`. */
  openPage(allow?: RegExp[]): Promise<WatchedPage>
  /** Goes on in another context, such as a dark one, in place of this test's. */
  renewContext(options: BrowserContextOptions): Promise<void>
}

const window = { viewport: { width: 1280, height: 900 }, colorScheme: 'light' } as const satisfies BrowserContextOptions

/**
 * Says at the head of a suite what its tests share: one browser, an app over a fresh copy of the seeded workspace for each test (or once,
 * where no test changes it), and a new context for each test, 1280 pixels wide and light if not told otherwise.
 */
export function useBrowserSuite({
  appFor = 'each test',
  ...options
}: BrowserContextOptions & { appFor?: 'each test' | 'all tests' } = {}): BrowserSuite {
  let browser: Browser
  let app: RunningApp
  let context: BrowserContext
  const newContext = async (more: BrowserContextOptions = {}) => {
    context = await browser.newContext({ baseURL: app.url, ...window, ...options, ...more })
  }

  beforeAll(async () => {
    browser = await launchBrowser()
    if (appFor === 'all tests') app = await startApp()
  })
  beforeEach(async () => {
    if (appFor === 'each test') app = await startApp()
    await newContext()
  })
  afterEach(async () => {
    await context.close()
    if (appFor === 'each test') await app.close()
  })
  afterAll(async () => {
    if (appFor === 'all tests') await app.close()
    await browser.close()
    await removeSeed()
  })
  return {
    get url() {
      return app.url
    },
    openPage: (allow) => openPage(context, allow),
    renewContext: async (more) => {
      await context.close()
      await newContext(more)
    },
  }
}
