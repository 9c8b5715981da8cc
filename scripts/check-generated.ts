/**
 * Fails when a committed file is not what its generator makes: the example venue, Poseidon's constants, the constraint
 * counts of small instances.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { mainOf } from '../src/proving/compile.js'
import { loadInstances, snapshotOf } from '../src/proving/index.js'
import { compileCached } from '../test/helpers/compiled.js'
import { exampleFiles } from './make-example.js'
import { poseidonConstants } from './make-poseidon-constants.js'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const stale: string[] = []
for (const [name, text] of Object.entries(await exampleFiles())) {
  if (read(`examples/venue/${name}`) !== text)
    stale.push(`examples/venue/${name}: run npx tsx scripts/make-example.ts`)
}
if (read('src/hash/generated/poseidon-constants.ts') !== poseidonConstants()) {
  stale.push('src/hash/generated/poseidon-constants.ts: run npx tsx scripts/make-poseidon-constants.ts')
}
const snapshot = JSON.parse(read('circuits/constraints.json'))
// The larger ones are the same templates at other sizes: they are counted when they are set up.
const small = loadInstances().filter(({ name }) => !(snapshot[name]?.nonLinear > 30_000))
const checkNext = async (): Promise<void> => {
  for (let instance = small.shift(); instance !== undefined; instance = small.shift()) {
    const { name } = instance
    const compiled = await compileCached(mainOf(instance))
    if (JSON.stringify(await snapshotOf(instance, compiled)) !== JSON.stringify(snapshot[name])) {
      stale.push(`circuits/constraints.json, ${name}: run npx tsx scripts/count-constraints.ts ${name}`)
    }
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, checkNext))
for (const line of stale) process.stderr.write(`out of date: ${line}\n`)
process.exitCode = stale.length === 0 ? 0 : 1
