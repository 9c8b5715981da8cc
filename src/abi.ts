/**
 * The ABIs of Plimsoll's contracts as constants with their types: viem, wagmi and abitype know the arguments
 * and answers of each function from them. Nothing else is loaded.
 *
 * @example
 * import { SOLVENCY_ORACLE_ABI } from 'plimsoll/abi'
 *
 * const [state, epoch] = await client.readContract({
 *   ...{ address, abi: SOLVENCY_ORACLE_ABI, functionName: 'status', args: [venue] },
 * })
 *
 * @module
 */
export * from './chain/generated/abi.js'
