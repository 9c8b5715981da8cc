import {
  assertPinnedCircuit,
  type Found,
  fail,
  type KeyKind,
  type KeyPin,
  passed,
  pinOf,
  readJsonFrom,
  TAKE_PINS,
} from '../../bundle/index.js'
import { EXIT } from '../../errors/index.js'
import {
  assertSoundKey,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from '../../groth16/index.js'
import { circuitHashOf, shippedInstances } from '../../statements/index.js'
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
  const instance =
    shippedInstances().find((known) => known.name === name) ??
    fail('is not an instance that this version knows')
  if (
    instance.params.INSTRUMENTS !== manifest.instruments ||
    instance.params.SCENARIOS !== manifest.scenarios ||
    instance.statement !== (name === manifest.solvency?.instance ? 'solvency' : 'ledger')
  ) {
    fail("its sizes are not the epoch's")
  }
  const key = await readJsonFrom(source, EPOCH_PATHS.key(name), verificationKeySchema)
  const hash = verificationKeyHash(key)
  const named = manifest.keys[name] ?? fail('the manifest does not name it')
  if (hash !== named.keyHash) fail('its hash is not the one in the manifest')
  if (named.circuitHash !== circuitHashOf(name)) {
    fail("the manifest names another circuit than this version's", { todo: OTHER_VERSION })
  }
  const pin = pinOf(pins, name) ?? fail(`is not pinned; its hash is ${hash}`, { todo: TAKE_PINS })
  if (hash !== pin.keyHash) fail('is not the pinned key', { todo: TAKE_PINS })
  assertPinnedCircuit(name, pin)
  await assertSoundKey(key)
  return { found: key, detail: 'pinned' }
}

const OTHER_VERSION = 'Verify with the version of Plimsoll that the epoch was made with.'

function verifyKind(keyKind: KeyKind, production: boolean): Found<true> {
  if (keyKind === 'ceremony') return passed('ceremony keys')
  if (production) fail('development keys: whoever made them can forge every proof')
  return passed('DEVELOPMENT KEYS: whoever made them can forge every proof. Not for production.')
}

/** Kind of several keys: `ceremony` when every one is pinned as such. */
function kindOf(pins: readonly (KeyPin | undefined)[]): KeyKind {
  return pins.length > 0 && pins.every((pin) => pin?.keyKind === 'ceremony') ? 'ceremony' : 'development'
}
