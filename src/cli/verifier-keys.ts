import type { KeyPins } from '../bundle/index.js'
import type { KeyTrust } from '../chain/index.js'
import { ArtifactError, InputError } from '../errors/index.js'
import { type Artifacts, loadArtifacts, transcriptOf } from '../proving/index.js'

/** Keys of this machine, and what shows that they came out of a ceremony. */
interface VerifierKeys {
  artifacts: Artifacts[]
  trust: KeyTrust | undefined
}

/**
 * The keys that this machine has of instances. None is made: it would verify no existing proof.
 *
 * @param pins keys to take, and no others
 * @throws {ArtifactError} `KEY_MISSING`
 */
export async function loadVerifierKeys(
  names: readonly string[],
  pins: KeyPins | undefined,
  update: (detail: string) => void,
): Promise<VerifierKeys> {
  const artifacts: Artifacts[] = []
  for (const name of names) {
    update(`checking the key of ${name}`)
    const found = await loadArtifacts(name, pins && { pins })
    if (!found) {
      throw new ArtifactError('KEY_MISSING', `this machine has no key of ${name}`, {
        hint: `A new key verifies no existing proof. To make one anyway: \`plimsoll setup ${name}\`.`,
      })
    }
    artifacts.push(found)
  }
  return { artifacts, trust: await keyTrust(artifacts, pins) }
}

/** Those of the keys that this machine has: others are left out. */
export async function findVerifierKeys(
  keys: readonly { instance: string; keyHash: string }[],
  pins: KeyPins | undefined,
): Promise<VerifierKeys> {
  const artifacts: Artifacts[] = []
  for (const { instance, keyHash } of keys) {
    const found = await loadArtifacts(instance, pins && { pins }).catch((error: unknown) => {
      // An instance of the deployer's own is not known here.
      if (error instanceof InputError && error.code === 'INSTANCE_UNKNOWN') return undefined
      throw error
    })
    if (found?.keyHash === keyHash) artifacts.push(found)
  }
  return { artifacts, trust: await keyTrust(artifacts, pins) }
}

/** What shows that keys came out of ceremonies: pins, and the transcripts that lie beside the keys. */
async function keyTrust(
  artifacts: readonly Artifacts[],
  pins: KeyPins | undefined,
): Promise<KeyTrust | undefined> {
  if (pins === undefined) return undefined
  const transcripts = (await Promise.all(artifacts.map(transcriptOf))).filter((text) => text !== undefined)
  return { pins, transcripts }
}
