import { solvencyContext } from '../statements/index.js'
import type { SolvencyPurpose } from './schema.js'

/** Purpose of an epoch's solvency proof. */
export function solvencyPurpose(manifest: Omit<SolvencyPurpose, 'policy'>, policy: string): SolvencyPurpose {
  const { venue, epoch, target, riskTable, previous } = manifest
  return { venue, epoch, target, policy, riskTable, ...(previous === undefined ? {} : { previous }) }
}

/** The context that a solvency proof carries when it was made for this. */
export function purposeContext({ target, ...purpose }: SolvencyPurpose): bigint {
  return solvencyContext({
    ...purpose,
    ...(target === null
      ? {}
      : { chainId: BigInt(target.chainId), contract: target.contract as `0x${string}` }),
  })
}
