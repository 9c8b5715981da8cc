/**
 * Rewrites circuits/constraints.json: compiles every instance, or those that are named, counts what came out
 * and hashes it; then the module that is made of it.
 *
 *     npx tsx scripts/count-constraints.ts [--stale] [INSTANCE…]
 *
 * With --stale, those whose sources have changed since they were last counted.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { writeJson } from '../src/files/index.js'
import { loadInstances, PACKAGE_CIRCUITS, takeSnapshot } from '../src/proving/index.js'
import { gatherSources, sourceHash } from '../src/proving/sources.js'
import type { InstanceSnapshot } from '../src/statements/index.js'
import { writeInstancesModule } from './make-instances.js'

const path = fileURLToPath(new URL('../circuits/constraints.json', import.meta.url))
const location = { circuitsDir: PACKAGE_CIRCUITS }
const named = process.argv.slice(2).filter((word) => word !== '--stale')
const stale = process.argv.includes('--stale')
const snapshot: Record<string, InstanceSnapshot> = JSON.parse(readFileSync(path, 'utf8'))

for (const instance of loadInstances(location)) {
  const { name } = instance
  const current = snapshot[name]?.sha256.sources === sourceHash(instance, gatherSources([instance.file]))
  if (!(named.includes(name) || (stale && !current) || (named.length === 0 && !stale))) continue
  snapshot[name] = await takeSnapshot(name, location)
  process.stderr.write(`${name} ${JSON.stringify(snapshot[name])}\n`)
  await write()
}
await write()
await writeInstancesModule()

/** In the order of `instances.json`. */
async function write(): Promise<void> {
  const ordered = loadInstances(location).flatMap(({ name }) =>
    snapshot[name] ? [[name, snapshot[name]]] : [],
  )
  await writeJson(path, Object.fromEntries(ordered))
}
