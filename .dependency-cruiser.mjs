/**
 * What may import what: the folders under app/ are the rooms of the house, and these are its doors. Checked as errors by `npm run
 * lint:imports`; test/architecture/import-rules.test.ts shows that a violation of each rule is caught.
 */

/** A room may import itself and what is listed; everything else under app/, and every package not listed, is an error. */
const rooms = {
  domain: { rooms: [], packages: ['zod', 'yaml', 'pure-rand'], builtins: false },
  replay: { rooms: ['domain'], packages: ['zod'], builtins: ['crypto'] },
  formats: { rooms: ['domain', 'lib'] },
  providers: { rooms: ['domain', 'replay', 'lib'] },
  storage: { rooms: ['domain', 'replay', 'lib'] },
  services: { rooms: ['domain', 'replay', 'formats', 'providers', 'storage', 'lib'] },
  http: { rooms: ['services', 'lib'] },
  routes: { rooms: ['services', 'components', 'domain', 'lib'] },
  cli: { rooms: ['services', 'domain', 'lib', 'http', 'replay'] },
  components: { rooms: ['domain'] },
  lib: { rooms: [] },
}

const inRoom = (names) => names.map((name) => `^app/${name}/`)

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `app/${room} may import ${allowed.rooms.length > 0 ? allowed.rooms.map((name) => `app/${name}`).join(', ') : 'nothing else of app/'}`,
  severity: 'error',
  from: { path: `^app/${room}/` },
  to: { path: '^app/', pathNot: inRoom([room, ...allowed.rooms]) },
}))

/** A package that only one room may import. Types count too, so that no other room's signatures depend on it. */
const onlyIn = (name, packages, room, extra = []) => ({
  name,
  comment: `only app/${room} imports ${packages.join(', ')}`,
  severity: 'error',
  from: { path: '^app/', pathNot: [`^app/${room}/`, ...extra] },
  to: { path: `node_modules/(${packages.join('|')})/` },
})

export default {
  forbidden: [
    ...roomRules,
    {
      name: 'domain-is-pure',
      comment: 'the domain imports no package but zod, yaml and (for seeded random numbers) pure-rand',
      severity: 'error',
      from: { path: '^app/domain/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/(zod|yaml|pure-rand)/' },
    },
    {
      name: 'domain-no-io',
      comment: 'the domain does no I/O',
      severity: 'error',
      from: { path: '^app/domain/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'replay-over-ports',
      comment: 'the engine reaches the world through its ports',
      severity: 'error',
      from: { path: '^app/replay/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: '^(node:)?crypto$|node_modules/zod/' },
    },
    {
      name: 'storage-behind-replay-ports',
      comment: 'storage and providers know the ports of app/replay, not its engine',
      severity: 'error',
      from: { path: '^app/(storage|providers)/' },
      to: { path: '^app/replay/', pathNot: '^app/replay/(ports|model-configuration|response-cache-key)\\.ts$' },
    },
    {
      name: 'command-line-over-services',
      comment: 'the command line knows the events and model names of app/replay, not its engine',
      severity: 'error',
      from: { path: '^app/cli/' },
      to: { path: '^app/replay/', pathNot: '^app/replay/(ports|model-configuration)\\.ts$' },
    },
    {
      name: 'components-no-node',
      comment: 'components run in the browser',
      severity: 'error',
      from: { path: '^app/components/' },
      to: { dependencyTypes: ['core'] },
    },
    onlyIn('only-providers-ask-models', ['ai', '@ai-sdk', 'undici', 'gpt-tokenizer'], 'providers'),
    onlyIn('only-storage-opens-databases', ['@prisma', 'better-sqlite3', 'prisma'], 'storage'),
    onlyIn('only-formats-parse-files', ['csv-parse', 'chardet', 'iconv-lite'], 'formats'),
    {
      name: 'nothing-imports-tests',
      comment: 'app imports neither tests, benchmarks nor evals (suites load by path)',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^(test|bench|evals|scripts)/' },
    },
    {
      name: 'no-circular',
      comment: 'no cycles',
      severity: 'error',
      from: { path: '^app/', pathNot: '^app/storage/generated/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'every import resolves',
      severity: 'error',
      from: { path: '^app/' },
      to: { couldNotResolve: true, pathNot: '\\?worker$|^virtual:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^app/storage/generated/|^app/routes\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module', 'types', 'default', 'require', 'node', 'browser'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
}
