// node scripts/complete-lockfile.mjs: run after adding or updating a package. npm leaves the builds for other platforms (optional
// dependencies with an exact version) out of package-lock.json when the registry in use does not hold them or node_modules is there
// already; `npm ci` then refuses the lock file, or installs nothing usable on another platform. This puts them back.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))

/** Where a package required from `from` is found, walking up as Node does; null when the lock file has none. */
function resolveFrom(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (lock.packages[candidate]) return candidate
    if (folder === '') return null
  }
}

/** The platform that a package of prebuilt code is for, by the words its name is made of. */
function platformOf(name) {
  const words = name.slice(name.lastIndexOf('/') + 1)
  const os = /android|darwin|freebsd|netbsd|openbsd|openharmony|sunos|aix|win32|linux/.exec(words)?.[0]
  const cpu = /wasm32|arm64|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el|arm/.exec(words)?.[0]
  const libc = os === 'linux' && /musl/.test(words) ? 'musl' : os === 'linux' && /gnu/.test(words) ? 'glibc' : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

let added = 0
for (const [path, entry] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolveFrom(path, name) || !/^\d+\.\d+\.\d+/.test(version)) continue
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(entry.dev && { dev: true }), optional: true }
    added += 1
  }
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([one], [other]) => (one === '' ? -1 : other === '' ? 1 : one.localeCompare(other, 'en'))),
)
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} packages added`)
