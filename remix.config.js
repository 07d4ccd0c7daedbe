/**
 * The Remix options, in the one place they live: vite.config.ts hands this object to the Remix plugin, and the build scripts read the
 * folders from it.
 *
 * @type {import('@remix-run/dev').VitePluginConfig}
 */
export default {
  appDirectory: 'app',
  // Remix empties this folder before it builds; what else is built stands beside it, in build/node.
  buildDirectory: 'build/web',
  serverModuleFormat: 'esm',
  ignoredRouteFiles: ['**/.*', '**/*.test.*', '**/_lib/**'],
  future: {
    v3_fetcherPersist: true,
    v3_relativeSplatPath: true,
    v3_throwAbortReason: true,
    v3_singleFetch: true,
    v3_lazyRouteDiscovery: true,
    v3_routeConfig: true,
  },
}
