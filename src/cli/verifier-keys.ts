import type { KeyTrust } from '../chain/index.js'
import { InputError } from '../errors/index.js'
import type { Artifacts } from '../proving/index.js'
import { readKeyPins } from './options.js'

/** Keys of this machine, and what shows that they came out of a ceremony. */
interface VerifierKeys {
  artifacts: Artifacts[]
  trust: KeyTrust | undefined
}

/**
 * The keys of instances, from this machine.
 *
 * @param pinsFile what `--pins` names
 * @throws {ArtifactError} `KEY_MISSING`
 */
export async function loadVerifierKeys(
  names: readonly string[],
  pinsFile: string | undefined,
  update: (detail: string) => void,
): Promise<VerifierKeys> {
  const { keyTrust, loadKey } = await import('./artifacts.js')
  const pins = await readKeyPins(pinsFile)
  const artifacts: Artifacts[] = []
  for (const name of names) {
    update(`checking the key of ${name}`)
    artifacts.push(await loadKey(name, pins))
  }
  return { artifacts, trust: await keyTrust(artifacts, pins) }
}

/** Those of the keys that this machine has: others are left out. */
export async function findVerifierKeys(
  keys: readonly { instance: string; keyHash: string }[],
  pinsFile: string | undefined,
): Promise<VerifierKeys> {
  const { keyTrust } = await import('./artifacts.js')
  const { loadArtifacts } = await import('../proving/index.js')
  const pins = await readKeyPins(pinsFile)
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
