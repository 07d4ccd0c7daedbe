import { createHash } from 'node:crypto'
import { escapeHtml } from '../escape'

/**
 * Content carries `hidden`, which this sheet overrules to blur it instead: where the sheet is not applied (some servers of reports forbid
 * inline styles) content stays out of sight.
 */
const style = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5a6169; --paper: #fff; --line: #d5d9de; --fixed: #0b5f8a; --regressed: #a83a00; --unsure: #6d5200 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a9b0b8; --paper: #16181b; --line: #3a3f45; --fixed: #7cc4f0; --regressed: #ffa070; --unsure: #f0c75e } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 68rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; line-height: 1.3 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem } h3 { font-size: 1rem } h4 { font-size: .95rem; margin: 0; overflow-wrap: anywhere }
h1.better, h1.not-worse, .fixed { color: var(--fixed) } h1.worse, .regressed { color: var(--regressed) } h1.inconclusive, .warning { color: var(--unsure) }
.wide { overflow-x: auto; margin: 1.25rem 0 } table { border-collapse: collapse; font-variant-numeric: tabular-nums } caption { text-align: left; font-weight: 600; padding-bottom: .25rem }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .7rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; min-width: 6rem; max-width: 26rem } th[scope=row] { font-weight: 500 } .figure { text-align: right; white-space: nowrap; min-width: 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem } dt { font-weight: 500 } dd { margin: 0; color: var(--soft) } @media (max-width: 40rem) { dl { grid-template-columns: 1fr } }
article { border-top: 1px solid var(--line); padding: .6rem 0 } article p { margin: .25rem 0 } blockquote { margin: .35rem 0 .35rem 0; padding-left: .8rem; border-left: 3px solid var(--line) }
.content[hidden] { display: block; filter: blur(.7em); opacity: .7; user-select: none; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext } input:checked ~ .content[hidden] { filter: none; opacity: 1; user-select: auto }
input:focus-visible { outline: 2px solid var(--unsure); outline-offset: 2px } label { cursor: pointer; margin-left: .3rem; color: var(--soft) }
footer { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: .5rem; font-size: .8rem; color: var(--soft); overflow-wrap: anywhere }
@media print { body { max-width: none; margin: 0; font-size: 11px } article, tr, dd { break-inside: avoid } .wide { overflow: visible } input, label { display: none } .content[hidden] { display: none } input:checked ~ .content[hidden] { display: block } }
`
const styleHash = createHash('sha256').update(style).digest('base64')

/** A page that needs nothing else and can do nothing: its policy allows its own style alone. `body` has to be escaped already. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>${body}
</main></body></html>
`
}
