import { InputError } from '../errors/index.js'
import type { Fault } from './findings.js'

export type CellFault = Pick<Fault, 'code' | 'reason' | 'hint'>

/** What the rule of one cell throws, as a fault of that cell. */
export function faultOf(use: () => void): CellFault | undefined {
  try {
    use()
    return undefined
  } catch (error) {
    return faultOfError(error)
  }
}

export function faultOfError(error: unknown): CellFault {
  if (!(error instanceof InputError)) throw error
  const { code, message, hint } = error
  return { code, reason: message, ...(hint === undefined ? {} : { hint }) }
}
