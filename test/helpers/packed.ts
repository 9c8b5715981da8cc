import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { run } from '../../scripts/run.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Packs the package and unpacks it into a project's node_modules, as an installation does, with links to what
 * it depends on.
 *
 * @param project a folder with no node_modules above it: what is not linked is not found
 * @param fields of package.json whose packages are linked
 * @param more packages to link beside them
 * @returns the packed archive
 */
export async function installPacked(
  project: string,
  fields: ('dependencies' | 'optionalDependencies')[] = [],
  more: string[] = [],
): Promise<string> {
  const modules = join(project, 'node_modules')
  const installed = join(modules, 'plimsoll')
  mkdirSync(installed, { recursive: true })
  const pack = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project])
  expect(pack.code, pack.said).toBe(0)
  const [{ filename }] = JSON.parse(pack.out) as [{ filename: string }]
  const untar = await run('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components=1'])
  expect(untar.code, untar.said).toBe(0)
  const packed = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  for (const name of [...fields.flatMap((field) => Object.keys(packed[field])), ...more]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  return join(project, filename)
}
