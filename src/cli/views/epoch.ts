import type { EpochReport, ProofReport } from '../../epoch/index.js'
import type { PackedEpoch } from '../../venue/index.js'
import type { Text } from '../terminal/layout.js'
import { facts } from '../terminal/table.js'
import { checksView, notCheckedView } from './checks.js'

export function epochView(
  report: Pick<EpochReport, 'checks' | 'manifestSha256' | 'reserves' | 'state' | 'valid'> & {
    shown?: readonly string[]
  },
): Text {
  const { checks, manifestSha256, reserves, shown = [], state, valid } = report
  const identity = [`SHA-256 of the manifest ${manifestSha256}`, `last state ${state}`]
  return [...checksView(checks), ...(valid ? [...identity, ...reserves, ...shown, 'VALID'] : ['INVALID'])]
}

/**
 * What one proof shows and what it does not, for the terminal: its verdict is never that of a whole epoch.
 */
export function proofView(report: Omit<ProofReport, 'exitCode'>): Text {
  const { checks, proofHolds, statement, for: purpose, notChecked } = report
  if (!proofHolds) return [...checksView(checks), 'PROOF DOES NOT HOLD']
  const about = purpose === undefined ? '' : `, made for epoch ${purpose.epoch} of ${purpose.venue}`
  return [
    ...checksView(checks),
    `PROOF HOLDS: one proof of ${statement}${about}, and nothing else.`,
    ...notCheckedView(notChecked),
    'To verify the whole epoch, name its folder.',
  ]
}

/** The result of `epoch sign --typed-data`. */
export function typedDataView(result: { epoch: string; typedData: string; contract: string }): Text {
  const { epoch, typedData, contract } = result
  return facts([
    ['not signed yet', epoch],
    ['the wallet signs', typedData],
    ['then', `plimsoll epoch sign ${epoch} --contract ${contract} --signature FILE`],
  ])
}

/** The result of `epoch sign`. */
export function signatureView(result: {
  epoch: string
  manifest: string
  signer: string
  chainId?: string
}): Text {
  const { epoch, manifest, signer, chainId } = result
  const asked = chainId === undefined ? '' : ` --rpc eip155:${chainId}=URL`
  const place = chainId === undefined ? '' : `eip155:${chainId}:`
  return facts([
    ['signed', `${epoch}/signature.json`],
    ['SHA-256 of the manifest', manifest],
    ['by', signer],
    ['readers check it', `plimsoll verify ${epoch} --venue ${place}${signer}${asked}`],
  ])
}

/** The result of `epoch sign --new-key`. */
export function signingKeyView({ key, address }: { key: string; address: string }): Text {
  return facts([
    ['address, to make known', address],
    ['key file (never share)', key],
    ['next', `plimsoll epoch sign EPOCH --key ${key}`],
  ])
}

/** The result of `epoch pack`. */
export function packedView(result: { archive: string } & PackedEpoch): Text {
  const { archive, sha256, bytes, files } = result
  return facts([
    ['archive', archive],
    ['files in it', files],
    ['bytes', bytes.toLocaleString('en-US')],
    ['SHA-256', sha256],
  ])
}
