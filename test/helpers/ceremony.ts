import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { zKey } from 'snarkjs'
import { privateKeyToAccount } from 'viem/accounts'
import { writePowers } from '../../scripts/known-powers.js'
import { roundTime } from '../../src/beacon/index.js'
import { attestationText } from '../../src/proving/ceremony/attestation-text.js'
import {
  acceptContribution,
  applyBeacon,
  closeCeremony,
  contribute,
  exportKeys,
  importContribution,
} from '../../src/proving/ceremony/contribute.js'
import type { Contributor } from '../../src/proving/ceremony/contributor.js'
import type { Attestation } from '../../src/proving/ceremony/files.js'
import { initCeremony } from '../../src/proving/ceremony/init.js'
import { blake2bFile } from '../../src/proving/ceremony/powers.js'
import { type CeremonyReport, verifyCeremony } from '../../src/proving/ceremony/verify.js'
import { readSections, SectionWriter } from '../../src/proving/section-file.js'
import { formatJson } from '../../src/schema/index.js'
import { INSTANCE, writeCircuits } from './proving-circuits.js'

/** Round 1000 of drand's chain quicknet, as the network published it. */
export const ROUND = {
  number: 1000,
  signature:
    'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
  randomness: 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
}
/** A little more than an hour before that round. */
export const CLOSED = roundTime(ROUND.number) - 3_700

/** The instance of the test ceremony: 96 constraints, 128 rows. */
export const NAME = 'product-tiny'
export const CIRCUIT = { ...INSTANCE, params: { FACTORS: 32, OFFSET: 5 } }

const account = (name: string) =>
  privateKeyToAccount(`0x${Buffer.from(name.padEnd(32, '.')).toString('hex')}`)

export function contributor(name: string): Contributor {
  return {
    name,
    signer: account(name).address.toLowerCase(),
    machine: 'a laptop',
    entropy: 'Web Crypto and dice',
    software: 'plimsoll test',
  }
}

/** Signs what somebody is about to hand in. */
export async function sign(handedIn: string, name: string): Promise<void> {
  const message = readFileSync(join(handedIn, 'attestation.txt'), 'utf8')
  writeFileSync(join(handedIn, 'attestation.txt.sig'), await account(name).signMessage({ message }))
}

/** Changes an attestation in a folder, and signs it again as its signer would. */
export async function resign(path: string, change: (attestation: Attestation) => void): Promise<void> {
  const attestation: Attestation = JSON.parse(readFileSync(path, 'utf8'))
  const signer = account(attestation.name)
  change(attestation)
  const signature = await signer.signMessage({ message: attestationText(attestation) })
  writeFileSync(path, formatJson({ ...attestation, signature }))
}

/** A folder with circuits and powers, and how ceremonies over them are verified. */
export interface Stage {
  directory: string
  circuitsDir: string
  powers: string
  trustPowers: string
  verify(folder: string, options?: { circuitsDir?: string; powers?: string }): Promise<CeremonyReport>
}

export async function stage(directory: string): Promise<Stage> {
  const circuitsDir = await writeCircuits(join(directory, 'circuits'), { instance: CIRCUIT })
  const powers = join(directory, 'known.ptau')
  await writePowers(powers, 8)
  const common = { circuitsDir, powers, trustPowers: await blake2bFile(powers) }
  return {
    directory,
    ...common,
    verify: (folder, options = {}) => verifyCeremony(folder, { ...common, ...options }),
  }
}

/** The folder of the first ceremony with these powers. */
const opened = new Map<string, string>()

/**
 * A new ceremony without contributions: a copy of the first one with these powers, as everyone's initial key
 * is the same.
 */
export async function openCeremony(at: Stage, name: string): Promise<string> {
  const first = opened.get(at.powers)
  if (first !== undefined) {
    const folder = join(at.directory, name)
    cpSync(first, folder, { recursive: true })
    return folder
  }
  const kept = await beginCeremony(at, `${name}-begun`)
  opened.set(at.powers, kept)
  return openCeremony(at, name)
}

/** A ceremony that is begun from its circuit and powers. */
export async function beginCeremony(
  { directory, circuitsDir, powers, trustPowers }: Stage,
  name: string,
): Promise<string> {
  const folder = join(directory, name)
  await initCeremony(folder, {
    instances: [NAME],
    circuitsDir,
    powers,
    trustPowers,
    name: 'a test',
    coordinator: 'the test',
    software: 'plimsoll test',
    now: CLOSED - 86_400,
  })
  return folder
}

/** Contributes with our own code, and hands it in. */
export async function takeTurn(folder: string, name: string): Promise<string> {
  const out = `${folder}-${name}`
  await contribute(folder, contributor(name), new TextEncoder().encode(`${name}'s dice`), out)
  await sign(out, name)
  return out
}

/** Contributes with snarkjs. */
export async function takeTurnWithSnarkjs(folder: string, name: string): Promise<string> {
  const [out, keys, made] = ['', '-keys', '-made'].map((part) => `${folder}-${name}${part}`) as [
    string,
    string,
    string,
  ]
  await exportKeys(folder, keys)
  mkdirSync(made)
  await zKey.contribute(join(keys, `${NAME}.zkey`), join(made, `${NAME}.zkey`), name, 'dice')
  await importContribution(folder, contributor(name), made, out)
  await sign(out, name)
  return out
}

/** The whole ceremony: Alice, Bob with snarkjs, Carol, and the beacon. */
export async function wholeCeremony(at: Stage, name: string): Promise<string> {
  const folder = await openCeremony(at, name)
  await acceptContribution(folder, await takeTurn(folder, 'Alice'))
  await acceptContribution(folder, await takeTurnWithSnarkjs(folder, 'Bob'))
  await acceptContribution(folder, await takeTurn(folder, 'Carol'))
  await closeCeremony(folder, ROUND.number, CLOSED)
  await applyBeacon(folder, ROUND.signature)
  return folder
}

let copies = 0

/** A copy of a whole ceremony as it was before it was closed. */
export function reopened(whole: string): string {
  const folder = copyOf(whole)
  for (const path of ['closing.json', 'beacon.json', `${NAME}/0004.turn`]) rmSync(join(folder, path))
  return folder
}

/** A copy of a ceremony's folder, to attack. */
export function copyOf(folder: string): string {
  const copy = `${folder}.${++copies}`
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** Writes a file of sections again with some changed; the magic stays. */
export function editSections(path: string, edit: (sections: Map<number, Buffer>) => void): void {
  const file = readFileSync(path)
  const magic = file.subarray(0, 4).toString('latin1')
  const sections = new Map(
    [...readSections(path, magic)].map(([id, { at, length }]) => [
      id,
      Buffer.from(file.subarray(at, at + length)),
    ]),
  )
  edit(sections)
  rmSync(path)
  const writer = new SectionWriter(path, magic, 1, sections.size)
  for (const [id, bytes] of sections) {
    writer.begin(id)
    writer.write(bytes)
    writer.end()
  }
  writer.close()
}

/** What snarkjs says of a ceremony's latest key. */
export async function snarkjsVerifies(at: Stage, folder: string): Promise<boolean> {
  const out = `${folder}.snarkjs.${++copies}`
  await exportKeys(folder, out)
  return zKey.verifyFromInit(join(folder, NAME, '0000.zkey'), at.powers, join(out, `${NAME}.zkey`))
}

/**
 * snarkjs that hashes `chunk` differences of powers together, and not 2^14: so a small circuit shows what it
 * does to a large one.
 */
export function snarkjsInChunks(chunk: number): typeof import('snarkjs') {
  const path = createRequire(import.meta.url).resolve('snarkjs')
  const [constant, ...others] = readFileSync(path, 'utf8').split('const CHUNK_SIZE = 1<<14;')
  if (others.length !== 1) throw new Error('snarkjs has changed: look again at how it hashes')
  const exports = {}
  const code = `${constant}const CHUNK_SIZE = ${chunk};${others[0]}`
  compileFunction(code, ['exports', 'require'])(exports, createRequire(path))
  return exports as typeof import('snarkjs')
}
