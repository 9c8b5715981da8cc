import { type Command, Option } from 'commander'
import { EXIT, InputError } from '../../errors/index.js'
import {
  connectToRead,
  deploymentOption,
  nodeNotes,
  nodeOption,
  type RegistryOptions,
  readRegistry,
} from '../chain-options.js'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

interface StatusOptions extends RegistryOptions {
  rpc: string
  json?: boolean
}

export function publishStatusCommand(): Command {
  return command('status', {
    description:
      'Say what a registry says of a venue now: solvent until when, stale, suspended, paused, or never proven. Exit code 0 for solvent, else 1.',
    args: [['<venue>', "the venue's name"]],
    options: [
      nodeOption(),
      new Option('--registry <address>', 'the registry, from somebody whom you trust'),
      deploymentOption(),
    ],
    examples: [
      'plimsoll publish status "Example Exchange" --rpc http://127.0.0.1:8545 --registry 0xe7f1725e7734ce288f8367e1bb143e90bb3f0512',
    ],
  }).action(async (venue: string, options: StatusOptions) => {
    const { assertChainId, openSolvencyRegistry } = await import('../../chain/index.js')
    const { venueStatusView } = await import('../views/publish.js')
    const ui = createUi(options)
    const place = await readRegistry(options)
    if (place === undefined) throw new InputError('USAGE', 'give --registry or --deployment')
    const { address, chainId } = place
    const chain = await connectToRead(options.rpc)
    assertChainId(chain, chainId)
    const registry = await openSolvencyRegistry(chain, address)
    const result = { venue, registry: address, chainId: chain.chainId, ...(await registry.status(venue)) }
    ui.notes(await nodeNotes(chain))
    ui.result(result, () => venueStatusView(result))
    process.exitCode = result.state === 'solvent' ? EXIT.ok : EXIT.invalid
  })
}
