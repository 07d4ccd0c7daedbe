import { vitePlugin as remix } from '@remix-run/dev'
import tailwindcss from '@tailwindcss/vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import remixConfig from './remix.config.js'

export default defineConfig({
  plugins: [remix(remixConfig), tailwindcss()],
  resolve: { alias: { '~': fileURLToPath(new URL('./app', import.meta.url)) } },
  // The editor is a chunk of its own that is fetched when a page asks for it; its size is known and is not worth a warning on every build.
  build: { chunkSizeWarningLimit: 4000, sourcemap: false },
  server: { host: '127.0.0.1' },
})
