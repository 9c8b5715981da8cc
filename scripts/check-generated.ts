/**
 * Fails when a committed file is not what its generator makes: the example venue, the modules and the circuit
 * file that are made of other files, the pages of commands and errors, the constraint counts of small
 * instances, and the circuits that are frozen for production.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { mainOf } from '../src/proving/compile.js'
import { loadInstances, PACKAGE_CIRCUITS, snapshotOf } from '../src/proving/index.js'
import { isTiny } from '../src/venue/plan-ledger.js'
import { frozenFaults } from './freeze.js'
import { abiModule } from './make-abis.js'
import { commandsPage } from './make-commands-page.js'
import { errorsPage } from './make-errors-page.js'
import { exampleFiles } from './make-example.js'
import { instancesModule } from './make-instances.js'
import { leafSlots } from './make-leaf-slots.js'
import { poseidonConstants } from './make-poseidon-constants.js'
import { jsonSchemas } from './make-schemas.js'
import { compileCached } from './soundness/bench/compiled.js'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const stale: string[] = []
for (const [name, text] of Object.entries(await exampleFiles())) {
  if (read(`examples/venue/${name}`) !== text)
    stale.push(`examples/venue/${name}: run npx tsx scripts/make-example.ts`)
}
const made = {
  'src/chain/generated/abi.ts': ['make-abis.ts', await abiModule()],
  'src/hash/generated/poseidon-constants.ts': ['make-poseidon-constants.ts', poseidonConstants()],
  'src/statements/generated/instances.ts': ['make-instances.ts', instancesModule()],
  'docs/commands.md': ['make-commands-page.ts', commandsPage()],
  'docs/errors.md': ['make-errors-page.ts', errorsPage()],
  'circuits/lib/leaf-slots.circom': ['make-leaf-slots.ts', leafSlots()],
}
for (const [path, [script, text]] of Object.entries(made)) {
  if (read(path) !== text) stale.push(`${path}: run npx tsx scripts/${script}`)
}
for (const [name, text] of Object.entries(jsonSchemas())) {
  if (read(`schemas/${name}`) !== text) stale.push(`schemas/${name}: run npx tsx scripts/make-schemas.ts`)
}
const snapshot = JSON.parse(read('circuits/constraints.json'))
// The others are the same templates at other sizes: they are counted when they are set up.
const small = loadInstances({ circuitsDir: PACKAGE_CIRCUITS }).filter(
  ({ name }) => isTiny(name) || snapshot[name] === undefined,
)
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
const frozen = frozenFaults({ circuitsDir: PACKAGE_CIRCUITS })
for (const line of frozen) process.stderr.write(`frozen: ${line}\n`)
process.exitCode = stale.length + frozen.length === 0 ? 0 : 1
