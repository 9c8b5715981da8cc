import { formatEther, formatGwei } from 'viem'
import type { Deployment, DeploymentStatus } from '../../chain/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'

/** The result of `chain deploy --dry-run`. */
export function costsView(result: {
  sender: string
  balance: string
  gasPrice: string
  gas: number
  cost: string
  steps: readonly { title: string; gas: number }[]
}): Text {
  return apart([
    table(
      ['transaction', 'gas'],
      result.steps.map(({ title, gas }) => [title, gas]),
    ),
    facts([
      ['sender', result.sender],
      ['gas in all', result.gas],
      ['price of gas now', `${formatGwei(BigInt(result.gasPrice))} gwei`],
      ['cost', `${formatEther(BigInt(result.cost))} ether`],
      ['what the sender has', `${formatEther(BigInt(result.balance))} ether`],
    ]),
  ])
}

/** The result of `chain deploy`. */
export function deployedView(result: {
  valid: boolean
  files: readonly string[]
  deployment: Deployment
  differences: DeploymentStatus['differences']
}): Text {
  const { contracts, keys, venues, governance } = result.deployment
  const [record, ...others] = result.files
  return apart([
    table(
      ['contract', 'address'],
      [
        ...Object.entries(contracts).map(([name, { address }]) => [name, address]),
        ...keys.map(({ instance, address }) => [`verifier ${instance}`, address]),
      ],
    ),
    facts([
      ['read back', result.valid ? 'as it was meant' : 'NOT as it was meant'],
      ['administrator', governance.admin],
      ...(venues.length > 0 ? [['venues', venues.map(({ name }) => name).join(', ')] as const] : []),
      ['record', record!],
      ['for block explorers', others.join(', ')],
      ['next', `plimsoll chain status --rpc URL --deployment ${record}`],
    ]),
    ...(result.valid ? [] : [differencesView(result.differences)]),
  ])
}

/** The result of `chain status`. */
export function statusView(status: DeploymentStatus): Text {
  const { contracts, roles, venues, differences } = status
  return apart([
    table(
      ['contract', 'address', 'code'],
      contracts.map(({ name, address, code }) => [name, address, code]),
    ),
    ...(roles.length === 0
      ? []
      : [
          table(
            ['role', 'member', 'delay, s'],
            roles.map(({ role, member, delay }) => [role, member, delay]),
          ),
        ]),
    ...(venues.length === 0
      ? []
      : [
          table(
            ['venue', 'status', 'epoch', 'until'],
            venues.map(({ name, state, epoch, until }) => [
              ...[name, state, epoch === 0 ? '–' : `${epoch}`],
              until === 0 ? '–' : new Date(until * 1000).toISOString(),
            ]),
          ),
        ]),
    ...(differences.length > 0 ? [differencesView(differences)] : []),
    `verdict: ${status.valid ? 'as the record says' : 'NOT as the record says'}`,
  ])
}

function differencesView(differences: DeploymentStatus['differences']): Text {
  return table(
    ['what differs', 'expected', 'found'],
    differences.map(({ of, expected, found }) => [of, expected, found]),
  )
}
