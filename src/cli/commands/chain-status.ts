import { type Command, Option } from 'commander'
import { connectToRead, nodeNotes, nodeOption } from '../chain-options.js'
import { command } from '../command.js'
import { readKeyPins, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface StatusOptions {
  rpc: string
  deployment: string
  pins?: string
  json?: boolean
}

export function chainStatusCommand(): Command {
  return command('status', {
    description:
      'Read what a chain has of a deployment: code, roles, delays, keys and venues. It says what differs from the record and from what this version compiles to.',
    options: [
      nodeOption(),
      required('--deployment <file>', 'the record that `chain deploy` wrote'),
      new Option('--pins <file>', 'the keys that the verifiers were made of'),
    ],
    notes: [
      'Take the record from somebody whom you trust, or compare it yourself: addresses, members, delays. A change that governors made since is a difference too, with exit code 1.',
    ],
    examples: [
      'plimsoll chain status --rpc http://127.0.0.1:8545 --deployment deployment.json',
      'plimsoll chain status --rpc http://127.0.0.1:8545 --deployment deployment.json --json',
    ],
  }).action(async (options: StatusOptions) => {
    const { statusView } = await import('../views/chain.js')
    const { assertChainId, deploymentStatus, readDeployment } = await import('../../chain/index.js')
    const { findVerifierKeys } = await import('../verifier-keys.js')
    const ui = createUi(options)
    const record = await readDeployment(options.deployment)
    const chain = await connectToRead(options.rpc)
    assertChainId(chain, record.chainId)
    const pins = await readKeyPins(options.pins)
    const status = await ui.step('reading the chain', async () => {
      const { artifacts, trust } = await findVerifierKeys(record.keys, pins)
      return deploymentStatus(chain, record, { keys: artifacts.map((key) => ({ key })), trust })
    })
    ui.notes([...status.notes, ...(await nodeNotes(chain))])
    ui.result(status, () => statusView(status))
    if (!status.valid) process.exitCode = 1
  })
}
