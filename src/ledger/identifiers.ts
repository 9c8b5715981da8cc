import { InputError } from '../errors/index.js'
import { accountIdFault, parseFieldElement } from '../field/index.js'

/** Most identifiers, which need no closer look. */
const PLAIN_ID = /^[!-~](?:[ -~]{0,254}[!-~])?$/

/** @throws {InputError} `LEDGER_ACCOUNT_ID` */
export function assertAccountId(id: string): void {
  if (PLAIN_ID.test(id)) return
  const fault = accountIdFault(id)
  if (fault !== undefined) {
    throw new InputError('LEDGER_ACCOUNT_ID', `an account id ${fault}`, {
      hint: 'A customer has to see in the id what is hashed: write it without the characters that do not show, in NFC.',
    })
  }
}

/** @throws {InputError} `LEDGER_OWNER` */
export function assertOwner(owner: string): void {
  try {
    parseFieldElement(owner)
  } catch {
    throw new InputError('LEDGER_OWNER', 'an owner that is not a canonical field element', {
      hint: "Write the owner's commitment as decimal digits, or leave it blank.",
    })
  }
}
