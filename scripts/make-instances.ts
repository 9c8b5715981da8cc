/**
 * Writes `src/statements/generated/instances.ts`: the instances, their circuits' hashes and the production
 * set, from `circuits/instances.json`, `constraints.json` and `production.json`, so that a verifier knows
 * them where there is no file system.
 *
 * npx tsx scripts/make-instances.ts
 */
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '../src/files/index.js'
import { loadInstances, loadProduction, loadSnapshots, PACKAGE_CIRCUITS } from '../src/proving/index.js'

const PATH = fileURLToPath(new URL('../src/statements/generated/instances.ts', import.meta.url))
const HEAD = `/**
 * Made by \`scripts/make-instances.ts\` from \`circuits/instances.json\`, \`constraints.json\` and
 * \`production.json\`.
 */
import type { FrozenInstance, Instance, InstanceSnapshot } from '../instances.js'
`

/** The text of the generated file. */
export function instancesModule(): string {
  const location = { circuitsDir: PACKAGE_CIRCUITS }
  const instances = loadInstances(location).map((instance) => `  ${JSON.stringify(instance)},\n`)
  const snapshots = Object.entries(loadSnapshots(location)).map(
    ([name, snapshot]) => `  ${JSON.stringify(name)}: ${JSON.stringify(snapshot)},\n`,
  )
  const production = Object.entries(loadProduction(location)).map(
    ([name, frozen]) => `  ${JSON.stringify(name)}: ${JSON.stringify(frozen)},\n`,
  )
  return [
    HEAD,
    `export const INSTANCES: readonly Instance[] = [\n${instances.join('')}]\n`,
    `export const SNAPSHOTS: Readonly<Record<string, InstanceSnapshot>> = {\n${snapshots.join('')}}\n`,
    `export const PRODUCTION: Readonly<Record<string, FrozenInstance>> = {\n${production.join('')}}\n`,
  ].join('\n')
}

export async function writeInstancesModule(): Promise<void> {
  await writeFileAtomic(PATH, instancesModule())
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeInstancesModule()
