import { type Found, fail, type KeyPins, kindOfPin, passed, pinOf } from '../bundle/index.js'
import type { Manifest } from '../epoch/index.js'
import { someOf } from '../risk/index.js'
import { circuitHashOf, knownInstance } from '../statements/index.js'

/** Where a key of an epoch comes from. */
export interface KeyProvenance {
  instance: string
  statement: string
  keyHash: string
  circuitHash: string
  /** `shipped`: the circuit's hash is that of this version; `vouched`: the author of the pins says so. */
  circuit: 'shipped' | 'vouched' | 'another'
  pinned: boolean
  kind: 'ceremony' | 'development' | 'unknown'
  /** Who contributed to it, and where that can be verified. */
  ceremony?: { contributors: readonly string[]; transcript: string; powers: string; beaconRound: number }
}

/** Every key that a manifest or a settlement names, and what the pins say of it. */
export function provenance({ keys }: Pick<Manifest, 'keys'>, pins: KeyPins): KeyProvenance[] {
  return Object.entries(keys)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([instance, { keyHash, circuitHash }]) => {
      const pin = pinOf(pins, instance)
      const known = circuitHashOf(instance)
      const pinned = pin?.keyHash === keyHash && pin.circuitHash === circuitHash
      return {
        instance,
        statement: knownInstance(instance)?.statement ?? 'unknown',
        keyHash,
        circuitHash,
        circuit: known === undefined ? 'vouched' : known === circuitHash ? 'shipped' : 'another',
        pinned,
        // Of another key than the pinned one, the pin says nothing.
        kind: pinned ? kindOfPin(pin) : 'unknown',
        ...(pinned && pin?.ceremony && { ceremony: pin.ceremony }),
      }
    })
}

/** Fails where somebody could forge with a key, unless the reader accepts development keys. */
export function judgeProvenance(keys: readonly KeyProvenance[], development: boolean): Found<true> {
  const names = (kind: KeyProvenance['kind']) =>
    keys.filter((key) => key.kind === kind).map(({ instance }) => instance)
  const [unknown, made] = [names('unknown'), names('development')]
  if (unknown.length > 0) fail(`nothing is known of the keys of ${someOf(unknown)}: they are not pinned`)
  if (made.length > 0 && !development) {
    fail(`development keys, whose maker can forge every proof: ${someOf(made)}`, {
      todo: 'Ask for an epoch under the keys of a ceremony. For a trial, accept development keys with --development.',
    })
  }
  if (made.length > 0)
    return passed(`development keys, accepted for a trial: whoever made them can forge every proof`)
  const all = new Set(keys.flatMap(({ ceremony }) => ceremony?.contributors ?? []))
  return passed(
    `keys of ceremonies; to forge, all of ${someOf([...all])} would have had to keep their secrets and join them`,
  )
}
