import { escapeHtml } from '../escape'

const style = `
:root { color-scheme: light dark; --ink: #1a1d21; --paper: #fff; --line: #d5d9de; --fixed: #0b6e4f; --regressed: #b3261e; --unsure: #7a5b00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16181b; --line: #3a3f45; --fixed: #6fd3ae; --regressed: #ff9c94; --unsure: #f0c75e } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.35rem } h1.better, h1.not-worse, .fixed { color: var(--fixed) } h1.worse, .regressed { color: var(--regressed) } h1.inconclusive, .warning { color: var(--unsure) }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums } caption { text-align: left; font-weight: 600 }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .7rem; text-align: right } th:first-child, td:first-child, td:nth-child(2) { text-align: left }
article { border-top: 1px solid var(--line); padding: .5rem 0 } h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere } article p { margin: .25rem 0 }
.content { filter: blur(6px); user-select: none; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext } input:checked ~ .content { filter: none; user-select: auto }
.conditions th, .conditions td { text-align: left; vertical-align: top }
label { cursor: pointer; margin-left: .3rem } footer { border-top: 1px solid var(--line); margin-top: 2rem; font-size: .8rem; overflow-wrap: anywhere }
`

/** A page that needs nothing else and can do nothing: its policy allows its own style alone. `body` has to be escaped already. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>${body}
</body></html>
`
}
