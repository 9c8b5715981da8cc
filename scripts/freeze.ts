/**
 * Freezes circuits for production: writes into circuits/production.json which circuit an instance is now, by
 * the hash of its constraints, and then the module that is made of it. An instance whose sources have changed
 * since they were counted is compiled.
 *
 *     npx tsx scripts/freeze.ts INSTANCE…
 *
 * Records the ceremony that the keys of frozen instances came out of, by its transcript:
 *
 *     npx tsx scripts/freeze.ts --transcript FILE
 *
 * A circuit of which a ceremony is recorded is not frozen anew: a changed one gets another name.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeJson } from '../src/files/index.js'
import {
  type CircuitsLocation,
  findInstance,
  loadInstances,
  loadProduction,
  loadSnapshots,
  PACKAGE_CIRCUITS,
  readTranscript,
  takeSnapshot,
} from '../src/proving/index.js'
import { gatherSources, sourceHash } from '../src/proving/sources.js'
import { writeInstancesModule } from './make-instances.js'

type Location = Required<CircuitsLocation>

/**
 * Why the circuits of the production set are no longer the frozen ones, a sentence each, with what to do.
 * Nothing is compiled: the hash of all sources of an instance, its sizes and the compiler has to be the one
 * that was counted, and the constraints that were counted have to be the frozen ones.
 */
export function frozenFaults(location: Location): string[] {
  const snapshots = loadSnapshots(location)
  const instances = loadInstances(location)
  return Object.entries(loadProduction(location)).flatMap(([name, { r1cs, transcript }]) => {
    const instance = instances.find((known) => known.name === name)
    const snapshot = snapshots[name]
    if (instance === undefined || snapshot === undefined) {
      return `${name} is frozen for production, and circuits/instances.json or constraints.json no longer has it: put it back`
    }
    if (snapshot.sha256.sources !== sourceHash(instance, gatherSources([instance.file], location))) {
      return `${name} is frozen for production, and its sources, sizes or compiler have changed: run npx tsx scripts/count-constraints.ts ${name}, which shows whether its constraints have, too`
    }
    if (snapshot.sha256.r1cs === r1cs) return []
    return `${name} is frozen for production, and its constraints have changed: undo the change, or ${
      transcript === null
        ? `if it is meant, run npx tsx scripts/freeze.ts ${name}`
        : `give the changed circuit another name: the keys of ceremony ${transcript} are of the frozen one`
    }`
  })
}

/** Freezes instances as they are. @throws when a ceremony of one of them is recorded for another circuit */
export async function freeze(names: readonly string[], location: Location): Promise<void> {
  const production = loadProduction(location)
  for (const name of names) {
    const instance = findInstance(name, location)
    const counted = loadSnapshots(location)[name]
    const current = counted?.sha256.sources === sourceHash(instance, gatherSources([instance.file], location))
    const { r1cs } = (current ? counted : await takeSnapshot(name, location))!.sha256
    const before = production[name]
    if (before?.transcript && before.r1cs !== r1cs) {
      throw new Error(`the keys of ${name} came out of ceremony ${before.transcript}: rename the new circuit`)
    }
    production[name] = { transcript: null, ...before, r1cs }
  }
  await write(production, location)
}

/**
 * Records a ceremony for the frozen instances that it was of.
 *
 * @param text its transcript
 * @throws when it is no transcript, of another circuit than the frozen one, or another is recorded already
 */
export async function recordCeremony(text: string, where: string, location: Location): Promise<void> {
  const { pins } = await readTranscript(text, where)
  const production = loadProduction(location)
  for (const [name, { circuitHash, keyHash, ceremony }] of Object.entries(pins)) {
    const { r1cs, transcript } = production[name] ?? {}
    if (r1cs !== circuitHash) throw new Error(`${where}: its circuit of ${name} is not the frozen one`)
    if (transcript && transcript !== ceremony!.transcript) {
      throw new Error(`${where}: the keys of ${name} came out of ceremony ${transcript} already`)
    }
    production[name] = { r1cs, transcript: ceremony!.transcript, keyHash }
  }
  await write(production, location)
}

async function write(production: ReturnType<typeof loadProduction>, location: Location): Promise<void> {
  const ordered = loadInstances(location).flatMap(({ name }) =>
    production[name] ? [[name, production[name]]] : [],
  )
  await writeJson(join(location.circuitsDir, 'production.json'), Object.fromEntries(ordered))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const location = { circuitsDir: PACKAGE_CIRCUITS }
  const [first, file, ...more] = process.argv.slice(2)
  if (first === '--transcript' && file !== undefined && more.length === 0) {
    await recordCeremony(await readFile(file, 'utf8'), file, location)
  } else if (first !== undefined && !first.startsWith('-')) {
    await freeze(process.argv.slice(2), location)
  } else {
    throw new Error('give instances, or --transcript and a file')
  }
  await writeInstancesModule()
}
