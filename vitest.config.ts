import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const alias = { '~': fileURLToPath(new URL('./app', import.meta.url)) }

/** One project per kind of test, so that each can be run alone: `npx vitest run --project unit`. */
export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], setupFiles: ['test/setup/fail-on-console.ts'] },
      },
      {
        resolve: { alias },
        test: {
          name: 'integration',
          include: ['test/{contract,integration,architecture}/**/*.test.ts'],
          setupFiles: ['test/setup/fail-on-console.ts', 'test/setup/msw.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { resolve: { alias }, test: { name: 'cli', include: ['test/cli/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        resolve: { alias },
        // A browser on a busy machine may miss a beat; what fails twice is broken.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          retry: 1,
        },
      },
    ],
  },
})
