import {
  assertPinnedCircuit,
  type Found,
  fail,
  type KeyKind,
  type KeyPin,
  type KeyPins,
  kindOfPin,
  passed,
  pinOf,
  readJsonFrom,
  type Source,
  TAKE_PINS,
} from '../../bundle/index.js'
import { EXIT } from '../../errors/index.js'
import {
  assertSoundKey,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from '../../groth16/index.js'
import { circuitHashOf, type Instance, knownInstance } from '../../statements/index.js'
import { ledgerSizesOf, sameSizes, tableSizesOf } from '../instance-sizes.js'
import type { Manifest } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import { usedInstances, type Verification } from './verification.js'

/**
 * The keys of an epoch that are what their pins say, by instance, and what all pins together say of how they
 * were made.
 */
export async function verifyKeys(
  verification: Verification,
): Promise<{ keys: ReadonlyMap<string, VerificationKey>; keyKind: KeyKind }> {
  const { manifest, checks, options } = verification
  const keys = new Map<string, VerificationKey>()
  const used = usedInstances(manifest)
  for (const name of used) {
    const key = await checks.run(`key:${name}`, () => verifyKey(verification, name), EXIT.artifact)
    if (key !== undefined) keys.set(name, key)
  }
  const keyKind = kindOf(used.map((name) => pinOf(options.pins, name)))
  await checks.run('key-kind', () => verifyKind(keyKind, options.production ?? false), EXIT.artifact)
  return { keys, keyKind }
}

async function verifyKey(
  { source, manifest, options: { pins } }: Verification,
  name: string,
): Promise<Found<VerificationKey>> {
  const instance = knownInstance(name) ?? fail('is not an instance that this version knows')
  const misfit = misfitOf(instance, manifest)
  if (misfit !== undefined) fail(misfit)
  const by = { path: EPOCH_PATHS.key(name), by: 'the manifest', named: manifest.keys }
  return verifyNamedKey(source, name, { ...by, pins })
}

/**
 * The key of an instance, where its file, whatever names it and its pin are of one key and one circuit.
 *
 * @param by what names it, in words
 */
export async function verifyNamedKey(
  source: Source,
  name: string,
  { path, by, named: keys, pins }: { path: string; by: string; named: Manifest['keys']; pins: KeyPins },
): Promise<Found<VerificationKey>> {
  const key = await readJsonFrom(source, path, verificationKeySchema)
  const hash = verificationKeyHash(key)
  const named = (Object.hasOwn(keys, name) && keys[name]) || fail(`${by} does not name it`)
  if (hash !== named.keyHash) fail(`its hash is not the one in ${by}`)
  const circuit = circuitHashOf(name)
  if (circuit !== undefined && named.circuitHash !== circuit) {
    fail(`${by} names another circuit than this version's`, { todo: OTHER_VERSION })
  }
  const pin = pinOf(pins, name) ?? fail(`is not pinned; its hash is ${hash}`, { todo: TAKE_PINS })
  if (hash !== pin.keyHash) fail('is not the pinned key', { todo: TAKE_PINS })
  assertPinnedCircuit(name, pin)
  if (named.circuitHash !== pin.circuitHash) {
    fail(`${by} names another circuit than the pinned one`, { todo: TAKE_PINS })
  }
  await assertSoundKey(key)
  return {
    found: key,
    detail: circuit === undefined ? 'pinned; its circuit is the word of the pins' : 'pinned',
  }
}

/**
 * Why an instance cannot prove what a manifest has it for. Only batches without scenarios refuse debts, and
 * they are of any ledger; others have the ledger's scenarios, and slots for tiers where its table has tiers.
 */
function misfitOf(instance: Instance, { sizes, parts }: Manifest): string | undefined {
  const { name, statement } = instance
  if (name === parts.solvency?.instance) {
    if (statement !== 'solvency') return `it proves ${statement}, not solvency`
    if (!sameSizes(tableSizesOf(instance), sizes)) return "its sizes are not the epoch's"
  }
  if (name === parts.backing?.instance) {
    if (statement !== 'backing') return `it proves ${statement}, not backing`
    if (instance.params.SPOTS !== sizes.spots) return "it has another number of instruments than the epoch's"
  }
  if (!parts.ledger.batches.some((run) => run.instance === name)) return undefined
  if (statement !== 'ledger') return `it proves ${statement}, not ledger`
  const { scenarios, pledged } = ledgerSizesOf(instance)
  if (scenarios !== 0 && scenarios !== sizes.scenarios) {
    return "it has another number of scenarios than the epoch's"
  }
  if (pledged > 0 && sizes.tiers === 0) return 'it is for a table with tiers, and the epoch has none'
  return undefined
}

const OTHER_VERSION = 'Verify with the version of Plimsoll that the epoch was made with.'

function verifyKind(keyKind: KeyKind, production: boolean): Found<true> {
  if (keyKind === 'ceremony') return passed('ceremony keys')
  if (production) fail('development keys: whoever made them can forge every proof')
  return passed('DEVELOPMENT KEYS: whoever made them can forge every proof. Not for production.')
}

/** Kind of several keys: `ceremony` when every one is pinned as such. */
function kindOf(pins: readonly (KeyPin | undefined)[]): KeyKind {
  return pins.length > 0 && pins.every((pin) => kindOfPin(pin) === 'ceremony') ? 'ceremony' : 'development'
}
