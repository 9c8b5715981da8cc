import { isSignedBy, type SignedData } from '../bundle/index.js'
import { sha256Text } from '../schema/index.js'
import { digestRoot } from './digest-tree.js'
import type { Inclusion } from './file.js'

/**
 * What a venue says of an epoch with one signature: that it handed out these inclusion files, and no other.
 */
export type InclusionStatement = Pick<
  Inclusion,
  'venue' | 'epoch' | 'riskRoot' | 'state' | 'accountsRoot'
> & {
  /** Root of the tree over the digests of all files, in hex: see `DigestTree`. */
  files: string
}

/** An inclusion file without the venue's signature, and without what it does not cover. */
export type UnsignedInclusion = Omit<Inclusion, 'signed' | 'liquidation' | 'settlements'>

/** A file without its signature, and without what opens a liquidation or a settlement: that comes later. */
export function unsigned(file: Inclusion): UnsignedInclusion {
  const { signed: _, liquidation: _moved, settlements: _since, ...rest } = file
  return rest
}

/**
 * The digest of a file, in hex: SHA-256 of its JSON without `signed`, `liquidation`, `settlements` and white
 * space, every field in the order of the format.
 *
 * @param file as `parseInclusion` gives it, which has its fields in that order
 */
export function inclusionDigest(file: Inclusion): string {
  return sha256Text(JSON.stringify(unsigned(file)))
}

/**
 * What a venue signs of all its inclusion files: `InclusionFiles(string venue,string epoch,uint256
 * riskRoot,uint256 state,uint256 accountsRoot,bytes32 files)`. No contract takes it.
 */
export function inclusionSigned(statement: InclusionStatement): SignedData {
  return {
    target: null,
    type: 'InclusionFiles',
    fields: [
      { name: 'venue', type: 'string' },
      { name: 'epoch', type: 'string' },
      { name: 'riskRoot', type: 'uint256' },
      { name: 'state', type: 'uint256' },
      { name: 'accountsRoot', type: 'uint256' },
      { name: 'files', type: 'bytes32' },
    ],
    values: { ...statement, files: `0x${statement.files}` },
  }
}

/**
 * The address, in lower case, that signed an inclusion file among the venue's others; `undefined` when nobody
 * did, or when anything in the file was changed since.
 *
 * @param file as `parseInclusion` gives it
 * @example
 * const signer = inclusionSigner(await readInclusion('inclusion.json'))
 * if (signer === '0x70997970c51812dc3a010c7d01b50e0d17dc79c8') console.log('the venue signed it')
 */
export function inclusionSigner(file: Inclusion): string | undefined {
  if (file.signed === undefined) return undefined
  const files = digestRoot(inclusionDigest(file), file.signed)
  if (files === undefined) return undefined
  const { venue, epoch, riskRoot, state, accountsRoot } = file
  const data = inclusionSigned({ venue, epoch, riskRoot, state, accountsRoot, files })
  return isSignedBy(data, file.signed) ? file.signed.signer : undefined
}
