import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'

const SOURCES = fileURLToPath(new URL('../src', import.meta.url))
/** Nothing that would reach for a network or a graphics card. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The system's Chromium without a window, with nothing of another run. The caller closes it. */
export function startChromium(): Promise<Browser> {
  const executablePath = process.env
    .PATH!.split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find(existsSync)
  if (executablePath === undefined) throw new Error('Chromium is missing: apt-get install -y chromium')
  return chromium.launch({ executablePath, headless: true, args: QUIET })
}

/** Modules of `src`, bundled for a browser with no shim for what Node alone has. */
export async function bundleForBrowser(...entries: string[]): Promise<Record<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: entries.map((entry) => join(SOURCES, entry)),
    outdir: '/',
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  })
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [path, contents]))
}

const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', json: 'application/json' }

/**
 * Serves files by their paths on this machine alone, a page at `/` among them, while work is done.
 *
 * @param isolated whether pages are cross-origin isolated, so that their threads may share memory
 */
export async function serving<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  isolated: boolean,
  work: (address: string) => Promise<T>,
): Promise<T> {
  const isolation = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  }
  const pages: Record<string, string | Uint8Array> = { '/': '<!doctype html><title>page</title>', ...files }
  const server = createServer(({ url }, answer) => {
    const file = pages[url!]
    answer.writeHead(file === undefined ? 404 : 200, {
      'content-type': TYPES[url === '/' ? 'html' : url!.split('.').at(-1)!] ?? 'application/octet-stream',
      ...(isolated ? isolation : {}),
    })
    answer.end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
