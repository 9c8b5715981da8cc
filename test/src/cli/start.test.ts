import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
/** What takes long to load and few commands need: imported where it is used. */
const HEAVY = ['@duckdb/node-api', 'circomlibjs', 'ffjavascript', 'snarkjs', 'solc', 'viem', 'viem/accounts']
/** A declaration that loads what it names; one of types alone does not. */
const LOADING = /^(?:import (?!type\b)(?:[^'"()]*? from )?|export (?:\{[^}]*\}|\*) from )'([^']+)'/gm

/** The packages that are loaded before the command line has read its first argument, each with who asks for it. */
function loadedAtStart(): Map<string, string> {
  const packages = new Map<string, string>()
  const files = new Set([MAIN])
  for (const file of files) {
    for (const [, target] of readFileSync(file, 'utf8').matchAll(LOADING)) {
      if (target!.startsWith('.')) files.add(resolve(dirname(file), target!.replace(/\.js$/, '.ts')))
      else packages.set(target!, file)
    }
  }
  return packages
}

test('the command line starts without the packages that few commands need (cli.15)', () => {
  const loaded = loadedAtStart()
  expect([...loaded].filter(([name]) => HEAVY.includes(name))).toEqual([])
  for (const name of ['commander', 'zod', 'viem/utils']) {
    expect([...loaded.keys()], 'the control: the search goes through every room').toContain(name)
  }
})
