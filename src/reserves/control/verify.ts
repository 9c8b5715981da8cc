import { verifyBip322 } from './bip322.js'
import { verifyBitcoinMessage } from './bitcoin-message.js'
import { verifyEd25519 } from './ed25519.js'
import { verifyEip191, verifyEip712, verifyEip1271, verifySafe } from './evm.js'
import { verifyMovement } from './movement.js'
import { type ControlContext, type ControlResult, invalid } from './result.js'
import type { Control } from './schema.js'
import { verifyTron } from './tron.js'

/** The kind of chain that each control is for; a movement can be on any. */
const CHAINS: Readonly<Record<Exclude<Control['kind'], 'movement'>, string>> = {
  bip322: 'bip122',
  'bitcoin-message': 'bip122',
  eip191: 'eip155',
  eip712: 'eip155',
  eip1271: 'eip155',
  safe: 'eip155',
  tron: 'tron',
  'ed25519-raw': 'solana',
}

/**
 * Whether what is given shows control of an account: a signature over the account's own text by its own key,
 * enough of its owners', a contract's answer, or a transfer. A signature over any other text is invalid.
 *
 * @example
 * const account = parseAccount('eip155:1:0x6e74430a771d9ef39d36e8ad0154f16f8d5cc98f', 'accounts.csv')
 * const signature = `0x${'11'.repeat(64)}1b`
 * const { status, why } = verifyControl({ kind: 'eip191', signature }, { account, text: 'its text' })
 */
export function verifyControl(control: Control, context: ControlContext): ControlResult {
  const { namespace } = context.account.chain
  if (control.kind !== 'movement' && CHAINS[control.kind] !== namespace) {
    return invalid(`${control.kind} is not for accounts of ${namespace}`)
  }
  switch (control.kind) {
    case 'bip322':
      return verifyBip322(control, context)
    case 'bitcoin-message':
      return verifyBitcoinMessage(control, context)
    case 'eip191':
      return verifyEip191(control, context)
    case 'eip712':
      return verifyEip712(control, context)
    case 'eip1271':
      return verifyEip1271(control)
    case 'safe':
      return verifySafe(control, context)
    case 'tron':
      return verifyTron(control, context)
    case 'ed25519-raw':
      return verifyEd25519(control, context)
    case 'movement':
      return verifyMovement(context)
  }
}
