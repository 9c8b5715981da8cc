/**
 * Builds the pages of `src/web` into `dist/web`, each of them one HTML file that holds all its code and style
 * and, by its own policy, opens no connection but to its own server, if to any: `tsx scripts/build-pages.ts`.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin, transform } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGES = join(ROOT, 'src/web')
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

const common: BuildOptions = {
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  write: false,
  logLevel: 'warning',
  define: { PAGE_VERSION: JSON.stringify(version) },
}

/** `import code from './worker.ts?worker'` gives a worker's bundle as text. */
const workers: Plugin = {
  name: 'workers',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?worker$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/\?worker$/, '')),
      namespace: 'worker',
    }))
    onLoad({ filter: /.*/, namespace: 'worker' }, async ({ path }) => ({
      contents: await bundle(path),
      loader: 'text',
    }))
  },
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], plugins: [workers] })
  return outputFiles![0]!.text.trim()
}

/** Pages that ask whoever serves them, and nobody else. All others open no connection. */
const ASKS_ITS_SERVER = new Set(['watch'])

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

async function pageOf(folder: string): Promise<string> {
  // In HTML nothing may end a script but its own end.
  const script = (await bundle(join(folder, 'main.ts'))).replaceAll('</script', '<\\/script')
  const css = await transform(readFileSync(join(PAGES, 'style.css'), 'utf8'), { loader: 'css', minify: true })
  const style = css.code.trim()
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    ...(ASKS_ITS_SERVER.has(basename(folder)) ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const page = readFileSync(join(folder, 'page.html'), 'utf8')
  return page
    .replace('<meta charset="utf-8">', (charset) =>
      [charset, `<meta http-equiv="Content-Security-Policy" content="${policy}">`].join('\n    '),
    )
    .replace('</head>', (end) => `  <style>${style}</style>\n  ${end}`)
    .replace('</body>', (end) => `  <script>${script}</script>\n  ${end}`)
}

for (const name of readdirSync(PAGES)) {
  const folder = join(PAGES, name)
  if (!existsSync(join(folder, 'page.html'))) continue
  const out = join(ROOT, 'dist/web', `${name}.html`)
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, await pageOf(folder))
}
