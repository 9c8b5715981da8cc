import type { Attack } from './attack.js'
import { CIRCUIT_ATTACKS } from './catalogue-circuits.js'
import { CONTRACT_ATTACKS } from './catalogue-contracts.js'
import { FILE_ATTACKS } from './catalogue-files.js'
import { LIQUIDATION_ATTACKS } from './catalogue-liquidation.js'
import { PRIVACY_ATTACKS } from './catalogue-privacy.js'
import { PROOF_ATTACKS } from './catalogue-proofs.js'
import { RESERVE_ATTACKS } from './catalogue-reserves.js'
import { SETTLEMENT_ATTACKS } from './catalogue-settlement.js'

export const GROUPS = [
  'circuits',
  'proofs',
  'contracts',
  'files',
  'privacy',
  'reserves',
  'liquidation',
  'settlement',
] as const

/**
 * Every attack that is known to apply: C on circuits, V on proofs and verifiers, S on contracts, F on files
 * and the command line, P on privacy, R on evidence of reserves, L on liquidations, T on settlements, N
 * what proofs of reserves and of liabilities elsewhere were found to fall to.
 */
export const ATTACKS: readonly (Attack & { group: (typeof GROUPS)[number] })[] = [
  ...CIRCUIT_ATTACKS.map((attack) => ({ ...attack, group: 'circuits' as const })),
  ...PROOF_ATTACKS.map((attack) => ({ ...attack, group: 'proofs' as const })),
  ...CONTRACT_ATTACKS.map((attack) => ({ ...attack, group: 'contracts' as const })),
  ...FILE_ATTACKS.map((attack) => ({ ...attack, group: 'files' as const })),
  ...PRIVACY_ATTACKS.map((attack) => ({ ...attack, group: 'privacy' as const })),
  ...RESERVE_ATTACKS.map((attack) => ({ ...attack, group: 'reserves' as const })),
  ...LIQUIDATION_ATTACKS.map((attack) => ({ ...attack, group: 'liquidation' as const })),
  ...SETTLEMENT_ATTACKS.map((attack) => ({ ...attack, group: 'settlement' as const })),
]
