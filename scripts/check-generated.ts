/** Fails when a committed file is not what its generator makes: the example venue, the constraint counts of small instances. */
import { readFileSync } from 'node:fs'
import { countConstraints, loadInstances } from '../src/proving/index.js'
import { exampleFiles } from './make-example.js'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const stale: string[] = []
for (const [name, text] of Object.entries(await exampleFiles())) {
  if (read(`examples/venue/${name}`) !== text)
    stale.push(`examples/venue/${name}: run npx tsx scripts/make-example.ts`)
}
const snapshot = JSON.parse(read('circuits/constraints.json'))
for (const { name } of loadInstances()) {
  const expected = snapshot[name]
  // The larger ones are the same templates at other sizes: they are counted when they are set up.
  if (expected && expected.nonLinear > 30_000) continue
  const found = await countConstraints(name)
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    stale.push(`circuits/constraints.json, ${name}: run npx tsx scripts/count-constraints.ts ${name}`)
  }
}
for (const line of stale) process.stderr.write(`out of date: ${line}\n`)
process.exitCode = stale.length === 0 ? 0 : 1
