import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../../../src', import.meta.url))
const MAIN = resolve(SRC, 'cli/main.ts')
/** A declaration that loads what it names; one of types alone does not. */
const LOADING = /^(?:import (?!type\b)(?:[^'"()]*? from )?|export (?:\{[^}]*\}|\*) from )'([^']+)'/gm

/** The packages and the rooms that are loaded before the command line has read its first argument. */
function loadedAtStart(): { packages: Set<string>; rooms: Set<string> } {
  const packages = new Set<string>()
  const files = new Set([MAIN])
  for (const file of files) {
    for (const [, target] of readFileSync(file, 'utf8').matchAll(LOADING)) {
      if (target!.startsWith('.')) files.add(resolve(dirname(file), target!.replace(/\.js$/, '.ts')))
      else if (!target!.startsWith('node:')) packages.add(target!)
    }
  }
  return { packages, rooms: new Set([...files].map((file) => relative(SRC, file).split('/')[0]!)) }
}

test('the command line starts with its own descriptions alone: what a command needs, it loads when it runs (cli.15)', () => {
  const { packages, rooms } = loadedAtStart()
  expect([...packages].sort()).toEqual(['commander'])
  expect([...rooms].sort()).toEqual(['cli', 'errors'])
})
