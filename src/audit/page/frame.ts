import { html, Markup } from './markup.js'
import { STYLE } from './style.js'

/** Nothing is loaded, run or sent, whatever stands in the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
const STYLE_MARKUP = Markup.of(STYLE)

/**
 * A page without a script and without a reference to anything outside it, in the reader's light or dark
 * theme, and for paper.
 */
export function pageOf(parts: {
  title: string
  heading: string
  sub: string
  main: readonly Markup[]
}): string {
  const { title, heading, sub, main } = parts
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE_MARKUP}</style>
</head>
<body>
<header>
<h1>${heading}</h1>
<p class="sub">${sub}</p>
</header>
<main>
${main}
</main>
</body>
</html>
`
  return page.text
}
