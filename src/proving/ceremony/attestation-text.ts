import type { Attestation } from './files.js'

/** The namespace of SSH signatures: `ssh-keygen -Y sign -n plimsoll-ceremony`. */
export const SSH_NAMESPACE = 'plimsoll-ceremony'

/** The text that a contributor signs: everything in the attestation but the signature. */
export function attestationText(attestation: Attestation): string {
  const { ceremony, number, name, signer, contributions, machine, entropy, software } = attestation
  return [
    'Plimsoll ceremony: I made this contribution and kept nothing of its secret.',
    `ceremony ${ceremony}`,
    `contribution ${number} by ${name}, ${signer}`,
    ...Object.keys(contributions)
      .sort()
      .flatMap((instance) => [
        `${instance} contribution ${contributions[instance]!.hash}`,
        `${instance} turn ${contributions[instance]!.turn}`,
      ]),
    `machine: ${machine}`,
    `entropy: ${entropy}`,
    `software: ${software}`,
    '',
  ].join('\n')
}
