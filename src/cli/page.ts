import { fileURLToPath } from 'node:url'

/** A page of the package, which is one HTML file with all that it needs. */
export async function pageText(name: 'contribute' | 'inclusion' | 'watch'): Promise<string> {
  const { readTextFile } = await import('../files/index.js')
  return readTextFile(fileURLToPath(new URL(`../../dist/web/${name}.html`, import.meta.url)))
}
