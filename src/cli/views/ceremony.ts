import type { Attestation, CeremonyFile, CeremonyReport, Closing } from '../../proving/index.js'
import type { Text } from '../terminal/layout.js'
import { facts } from '../terminal/table.js'
import { checksView } from './checks.js'

/** The result of `ceremony init`. */
export function ceremonyView(
  folder: string,
  { name, instances, powers, minContributions }: CeremonyFile,
): Text {
  return facts([
    ['ceremony', name],
    ['instances', Object.keys(instances).join(', ')],
    ['powers of tau', powers.blake2b],
    ['contributions', `at least ${minContributions}`],
    ['publish', `${folder}/ceremony.json, then the folder`],
  ])
}

/** The result of `ceremony page`. */
export function pageView(out: string): Text {
  return facts([
    ['page', out],
    ['pass on', 'it with the folder of the ceremony, and its hash where people know you'],
  ])
}

/** The result of `ceremony contribute`. */
export function contributionView(out: string, { number, name, signer, contributions }: Attestation): Text {
  return facts([
    ['contribution', `${number}, by ${name}`],
    ...Object.entries(contributions).map(([instance, { hash }]) => [instance, hash] as const),
    ['sign', `${out}/attestation.txt with ${signer}`],
    ['then', `hand in ${out}, and publish the hash yourself`],
  ])
}

/** The result of `ceremony contribute --export`. */
export function exportedView(keys: string): Text {
  return facts([
    ['latest keys', keys],
    ['contribute', 'snarkjs zkey contribute, for each of them, into another folder of the same names'],
    ['then', 'plimsoll ceremony contribute FOLDER --made THAT-FOLDER …'],
  ])
}

/** The result of `ceremony accept`. */
export function acceptedView({ number, name, contributions }: Attestation): Text {
  return facts([
    ['accepted', `contribution ${number}, by ${name}`],
    ...Object.entries(contributions).map(([instance, { hash }]) => [instance, hash] as const),
  ])
}

/** The result of `ceremony close`. */
export function closedView({ contributions, round }: Closing, time: string): Text {
  return facts([
    ['contributions', contributions],
    ['beacon', `round ${round} of drand quicknet, at ${time}`],
    ['publish', 'closing.json, before that time'],
  ])
}

/** The result of `ceremony beacon`. */
export function beaconView(folder: string, round: number): Text {
  return facts([
    ['beacon', `round ${round} of drand quicknet`],
    ['next', `plimsoll ceremony finalize ${folder} --ptau FILE`],
  ])
}

type ShownReport = Omit<CeremonyReport, 'exitCode' | 'transcript'>

/** The result of `ceremony verify`. */
export function reportView({ valid, name, contributors, checks, transcriptHash }: ShownReport): Text {
  return [
    `The ceremony "${name}" is ${valid ? 'VALID' : 'INVALID'}.`,
    ...checksView(checks),
    facts([
      ...contributors.map((who, i) => [`contribution ${i + 1}`, `${who.name}, ${who.signer}`] as const),
      ...(transcriptHash === undefined ? [] : [['transcript', transcriptHash] as const]),
    ]),
  ]
}

/** The result of `ceremony finalize`. */
export function finalView(report: ShownReport, keys: Record<string, string>): Text {
  return [
    reportView(report),
    facts(Object.entries(keys).map(([name, path]) => [`key of ${name}`, path] as const)),
  ]
}
