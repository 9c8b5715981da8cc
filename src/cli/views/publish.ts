import type { EpochStanding, Publication, VenueStatus } from '../../chain/index.js'
import { formatDecimal } from '../../field/index.js'
import type { Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'

const WORDS: Record<VenueStatus['state'], string> = {
  never: 'NEVER: no epoch of this venue is final',
  solvent: 'SOLVENT',
  stale: 'STALE: the last epoch is too old',
  suspended: 'SUSPENDED: what the last epoch rests on is in doubt',
  paused: 'PAUSED',
}

/** The result of `publish`. */
export function publicationView({ epoch, registry, chainId, transactions, status }: Publication): Text {
  const gas = transactions.reduce((sum, { gasUsed }) => sum + BigInt(gasUsed), 0n)
  const cost = transactions.reduce((sum, one) => sum + BigInt(one.cost), 0n)
  return [
    ...(transactions.length === 0
      ? ['Nothing was left to send.']
      : [
          table(
            ['sent', 'block', 'gas', 'transaction'],
            transactions.map(({ step, block, gasUsed, transaction }) => [step, block, gasUsed, transaction]),
          ),
        ]),
    facts([
      ['registry', `${registry} on chain ${chainId}`],
      ['gas', gas.toLocaleString('en-US')],
      ['cost', ether(cost)],
      ['the venue is', statusWords(status)],
    ]),
    `Epoch ${epoch} is FINAL.`,
  ]
}

/** The result of `publish --dry-run` and `--calldata`. */
export function planView(
  plan: {
    chainId: number
    standing: EpochStanding
    transactions: readonly { step: string; to: string; gas: string }[]
    simulated: boolean
    gas: string
    gasPrice: string
    cost: string
    mostCost: string
  },
  file: string | undefined,
): Text {
  const { chainId, transactions, simulated, gas, gasPrice, cost, mostCost } = plan
  if (transactions.length === 0) return 'Nothing is left to send: the epoch is FINAL.'
  return [
    table(
      ['to send', 'to', 'gas'],
      transactions.map(({ step, to, gas }) => [step, to, gas]),
    ),
    facts([
      ['chain', chainId],
      [
        simulated ? 'gas, as the node tried it' : 'gas at most, by figures',
        BigInt(gas).toLocaleString('en-US'),
      ],
      ['a unit of gas', `${formatDecimal(BigInt(gasPrice), 9)} gwei`],
      ['cost', ether(BigInt(cost))],
      ['at most', ether(BigInt(mostCost))],
      ...(file === undefined ? [] : [['written to', file] as [string, string]]),
    ]),
    'Nothing was sent.',
  ]
}

/** The result of `publish status`. */
export function venueStatusView(
  result: VenueStatus & { venue: string; registry: string; chainId: number },
): Text {
  const { venue, registry, chainId, state, epoch } = result
  return [
    facts([
      ['venue', venue],
      ['registry', `${registry} on chain ${chainId}`],
      ...(epoch === 0 ? [] : [['last epoch', `${epoch}`] as [string, string]]),
      ...(epoch === 0 ? [] : [['books of', atTime(result.takenAt)] as [string, string]]),
      ...(epoch === 0 ? [] : [['young enough until', atTime(result.until)] as [string, string]]),
    ]),
    WORDS[state],
  ]
}

function statusWords(status: VenueStatus): string {
  return status.state === 'solvent' ? `SOLVENT, until ${atTime(status.until)}` : WORDS[status.state]
}

function atTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

function ether(wei: bigint): string {
  return `${formatDecimal(wei, 18)} ETH`
}
