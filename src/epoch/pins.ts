import { ArtifactError } from '../errors/index.js'
import { circuitHashOf } from '../proving/index.js'

/**
 * Refuses a pin for another circuit than the one that this version has under the instance's name: its key may be sound, but
 * what its proofs say would be something else.
 *
 * @throws {ArtifactError} `CIRCUIT_UNPINNED`
 */
export function assertPinnedCircuit(instance: string, pin: { circuitHash: string }): void {
  if (pin.circuitHash === circuitHashOf(instance)) return
  throw new ArtifactError(
    'CIRCUIT_UNPINNED',
    `${instance} is pinned for another circuit than this version's`,
    {
      hint: 'Take pins for this version of Plimsoll, or verify with the version that the pins were written with.',
    },
  )
}
