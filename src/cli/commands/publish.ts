import { type Command, Option } from 'commander'
import type { FeeLimits, Finality, PublishEvent, PublishPlan } from '../../chain/index.js'
import { InputError } from '../../errors/index.js'
import {
  type ChainOptions,
  connectAs,
  deploymentOption,
  nodeNotes,
  nodeOption,
  type RegistryOptions,
  readRegistry,
  senderOption,
} from '../chain-options.js'
import { command } from '../command.js'
import { forceOption, ManyOption } from '../options.js'
import { readNumber } from '../reserves-options.js'
import { createUi, type Ui } from '../terminal/ui.js'
import { type ProofTrustOptions, proofTrustOptions, readProofTrust } from '../trust-options.js'
import { publishStatusCommand } from './publish-status.js'

interface PublishOptions extends ProofTrustOptions, ChainOptions, RegistryOptions {
  scenario?: string[]
  confirmations?: number
  gasLimit?: number
  maxFee?: string
  priorityFee?: string
  replaceAfter?: number
  dryRun?: boolean
  calldata?: string
  force?: boolean
  json?: boolean
}

export function publishCommand(): Command {
  const rpc = nodeOption()
  rpc.mandatory = false
  const made = command('publish', {
    description:
      'Take an epoch to a registry on an EVM chain, up to its finality: verify it, open it by the signature of the venue, bring its proofs. Run again, it goes on where the chain is.',
    args: [['[epoch]', 'the public epoch: a folder, a ZIP archive or an https address']],
    options: [
      rpc,
      senderOption(),
      new Option(
        '--registry <address>',
        'the registry that it has to be (default: the one that the epoch is made for)',
      ),
      deploymentOption(),
      ...proofTrustOptions(),
      new ManyOption(
        '--scenario <name>',
        'a scenario that the registry asks for, in its order (default: all of the table, if it asks for any)',
      ),
      new Option(
        '--confirmations <number>',
        "blocks that make it final for good, its own included (default: until the chain's finalized block has it)",
      ).argParser(readNumber('--confirmations')),
      new Option(
        '--gas-limit <gas>',
        "the most gas of one transaction (default: half a block's, at most 16777216)",
      ).argParser(readNumber('--gas-limit')),
      new Option(
        '--max-fee <gwei>',
        'the most to pay for a unit of gas; it waits while the chain asks for more (default: 500, and it ends then)',
      ),
      new Option(
        '--priority-fee <gwei>',
        'what of it goes to who makes the block (default: as the node proposes, at most 50)',
      ),
      new Option(
        '--replace-after <seconds>',
        'when a transaction that no block takes is replaced by one that pays more (default: 120)',
      ).argParser(readNumber('--replace-after')),
      new Option('--dry-run', 'show what would be sent and what it costs; send nothing'),
      new Option(
        '--calldata <file>',
        'write what is to be sent to this file, for another sender; send nothing',
      ),
      forceOption(),
    ],
    notes: [
      'Nothing is sent for an epoch that does not verify, or that the registry would refuse. Anyone can send: the registry goes by signature and proofs.',
      'Killed or cut off, run it again: it asks the chain what is there. Nothing is sent twice.',
    ],
    examples: ['plimsoll publish epoch --rpc http://127.0.0.1:8545 --pins pins.json --confirmations 2'],
  }).action(async (place: string | undefined, options: PublishOptions) => {
    if (place === undefined || options.rpc === undefined) {
      throw new InputError('USAGE', 'give an epoch and --rpc, or `publish status`')
    }
    await runPublish(createUi(options), place, options)
  })
  return made.addCommand(publishStatusCommand())
}

async function runPublish(ui: Ui, place: string, options: PublishOptions): Promise<void> {
  const { assertChainId, planPublication, publishEpoch } = await import('../../chain/index.js')
  const { epochToSend } = await import('../epoch-to-send.js')
  const { publicationView, planView } = await import('../views/publish.js')
  const trust = await readProofTrust(options)
  const fees = await readFees(options)
  const registry = await readRegistry(options)
  const epoch = await epochToSend(ui, place, trust)
  if (epoch === undefined) return
  const { venue, epoch: name, target } = epoch.manifest
  if (target === null) {
    throw new InputError('REGISTRY_EPOCH', 'the epoch is made for no contract', {
      where: place,
      hint: 'Make it with the registry as its target: its proof of solvency is for it alone.',
    })
  }
  const chain = await connectAs(options)
  assertChainId(chain, registry?.chainId)
  const about = {
    ...{ chain, epoch, registry: registry?.address ?? (target.contract as `0x${string}`), fees },
    ...(options.scenario && { scenarios: options.scenario }),
    ...(options.gasLimit !== undefined && { gasLimit: BigInt(options.gasLimit) }),
  }
  const { dryRun, calldata } = options
  if (dryRun || calldata !== undefined) {
    const plan = await ui.step('trying what is to be sent', () => planPublication(about))
    const result = { venue, epoch: name, chainId: chain.chainId, ...shownPlan(plan) }
    if (calldata !== undefined) {
      const { formatJson } = await import('../../schema/index.js')
      const { writeResult } = await import('../write-result.js')
      await writeResult(calldata, formatJson({ schema: 'plimsoll/calldata/1', ...result }), options.force)
    }
    ui.result(result, () => planView(result, calldata))
    return
  }
  const { confirmations, replaceAfter } = options
  const finality: Finality = confirmations === undefined ? 'finalized' : { confirmations }
  const result = await ui.step(`publishing epoch ${name}`, (update) =>
    publishEpoch({
      ...{ ...about, finality },
      ...(replaceAfter !== undefined && { replaceAfter }),
      onEvent: (event) => {
        ui.event(event)
        update(told(event))
      },
    }),
  )
  ui.notes(await nodeNotes(chain))
  ui.result(result, () => publicationView(result))
}

/** A plan as a file or a program gets it. */
function shownPlan({ standing, steps, simulated, price, maxFeePerGas }: PublishPlan) {
  const total = steps.reduce((sum, { gas }) => sum + gas, 0n)
  return {
    standing,
    transactions: steps.map(({ title, to, data, gas }) => ({
      step: title,
      to,
      data,
      value: '0',
      gas: `${gas}`,
    })),
    /** Whether the node tried all of them; otherwise their gas is the most that such steps take. */
    simulated,
    gas: `${total}`,
    gasPrice: `${price}`,
    cost: `${total * price}`,
    mostCost: `${total * maxFeePerGas}`,
  }
}

/** What happens, in a few words. */
function told(event: PublishEvent): string {
  switch (event.event) {
    case 'sent':
      return `${event.replaces ? 'replaced' : 'sent'} ${event.step}: ${event.transaction}`
    case 'mined':
      return `${event.step} is in block ${event.block}`
    case 'waiting':
      return event.for === 'finality' ? 'waiting for finality' : 'waiting for a block'
    case 'reorganised':
      return 'blocks vanished: going on from what is left'
  }
}

/** @throws {InputError} `USAGE` */
async function readFees({ maxFee, priorityFee }: PublishOptions): Promise<FeeLimits> {
  const { parseDecimal } = await import('../../field/index.js')
  const wei = (text: string, option: string) => {
    if (/^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)) return parseDecimal(text, { decimals: 9, signed: false })
    throw new InputError('USAGE', 'not a number of gwei', {
      where: option,
      hint: 'Write a plain decimal with at most 9 places, such as 1.5.',
    })
  }
  return {
    ...(maxFee !== undefined && { maxFeePerGas: wei(maxFee, '--max-fee') }),
    ...(priorityFee !== undefined && { maxPriorityFeePerGas: wei(priorityFee, '--priority-fee') }),
  }
}
