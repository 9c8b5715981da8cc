import { type PolicyFile, solvencyContext, waterfallText } from '../statements/index.js'
import type { Manifest } from './schema.js'

/** The context that an epoch's solvency proof must carry. */
export function epochContext(
  manifest: Pick<Manifest, 'venue' | 'epoch' | 'target'>,
  policy: PolicyFile,
): bigint {
  const { venue, epoch, target } = manifest
  return solvencyContext({
    venue,
    epoch,
    waterfall: waterfallText(policy),
    ...(target === null
      ? {}
      : { chainId: BigInt(target.chainId), contract: target.contract as `0x${string}` }),
  })
}
