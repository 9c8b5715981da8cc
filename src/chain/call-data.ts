import { type Abi, encodeFunctionData, type Hex } from 'viem'
import { InputError } from '../errors/index.js'

/**
 * The data of a call.
 *
 * @throws {InputError} `CALL_ARGUMENTS`
 */
export function callData(abi: Abi, functionName: string, args: readonly unknown[]): Hex {
  try {
    return encodeFunctionData({ abi, functionName, args })
  } catch {
    throw new InputError('CALL_ARGUMENTS', `these are no arguments of ${functionName}`, {
      hint: 'Numbers are whole, not negative and of at most 256 bits, times of 64; addresses have 20 bytes, ids 32.',
    })
  }
}
