/**
 * Writes `circuits/lib/leaf-slots.circom`: how many slots a leaf can have, from the `ledger` instances of
 * `circuits/instances.json`.
 *
 * npx tsx scripts/make-leaf-slots.ts
 */
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '../src/files/index.js'
import { loadInstances, PACKAGE_CIRCUITS } from '../src/proving/index.js'

const PATH = fileURLToPath(new URL('../circuits/lib/leaf-slots.circom', import.meta.url))
const HEAD = `pragma circom 2.2.2;

// Made by scripts/make-leaf-slots.ts from circuits/instances.json:
// how many slots a leaf can have, which is what ledger instances have.
`

/** The text of the generated file. */
export function leafSlots(): string {
  const instances = loadInstances({ circuitsDir: PACKAGE_CIRCUITS })
  const ledgers = instances.filter(({ statement }) => statement === 'ledger')
  const slots = [...new Set(ledgers.map(({ params }) => params.SLOTS!))].sort((a, b) => a - b)
  return [
    HEAD,
    `function LEAF_SLOTS() { return [${slots.join(', ')}]; }\n`,
    `function LEAF_SHAPES() { return ${slots.length}; }\n`,
  ].join('')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFileAtomic(PATH, leafSlots())
