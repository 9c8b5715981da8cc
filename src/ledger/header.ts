import { InputError } from '../errors/index.js'

/** The most characters of a column's name that a message repeats. */
const NAME_LENGTH = 40

/** The error for a header that is of neither format. */
export function headerError(message: string, where: string): InputError {
  return new InputError('LEDGER_HEADER', message, {
    where,
    hint: 'Either account_id,instrument,quantity[,owner] in any order, or rn and the account id, then e_X,d_X,X or e_X,d_X,X,vl_X,m_X,pm_X for every asset X, then either no price or X_usdt_price for every asset X, then a total.',
  })
}

/** A column's name as messages repeat it: short. */
export function shortName(name: string): string {
  return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH)}…` : name
}

/** The same in quotes, on one line. */
export function quote(name: string): string {
  return JSON.stringify(shortName(name))
}
