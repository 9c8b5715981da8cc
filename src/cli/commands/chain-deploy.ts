import { type Command, Option } from 'commander'
import type { ChainConfig } from '../../chain/index.js'
import {
  type ChainOptions,
  chainIdOption,
  connectAs,
  nodeNotes,
  nodeOption,
  senderOption,
} from '../chain-options.js'
import { command } from '../command.js'
import { forceOption, outOption, readAddress, readKeyPins } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface DeployOptions extends ChainOptions {
  out: string
  config?: string
  admin?: string
  chainId?: string
  pins?: string
  dryRun?: boolean
  force?: boolean
  json?: boolean
}

export function chainDeployCommand(): Command {
  return command('deploy', {
    description:
      'Deploy registry, risk register, breaker and fund, set them up, and give all rights to others. Run again, it continues where it stopped.',
    options: [
      nodeOption(),
      chainIdOption(),
      senderOption(),
      outOption('the record of the deployment'),
      new Option('--config <file>', 'what to deploy and to set up (JSON; default: no keys and venues yet)'),
      new Option('--admin <address>', 'who may change roles and delays from then on: a multisig'),
      new Option(
        '--pins <file>',
        'keys to trust; only the verifier of a key that they pin to a ceremony is not marked INSECURE',
      ),
      new Option('--dry-run', 'try every transaction at the node and show what it costs; send nothing'),
      forceOption(),
    ],
    notes: [
      'Governors act after a delay, the administrator after a longer one, guardians at once, and the sender not at all when this is done. All of it is read back from the chain.',
      'Beside the record lie the inputs that block explorers verify contracts by.',
    ],
    examples: [
      'plimsoll chain deploy --rpc http://127.0.0.1:8545 --config examples/venue/chain.json --out deployment.json --dry-run',
      'plimsoll chain deploy --rpc http://127.0.0.1:8545 --config examples/venue/chain.json --out deployment.json',
    ],
  }).action(async (options: DeployOptions) => {
    const { deployedView, costsView } = await import('../views/chain.js')
    const { deploySystem, tryDeployment } = await import('../../chain/index.js')
    const { loadVerifierKeys } = await import('../verifier-keys.js')
    const ui = createUi(options)
    const config = await configOf(options)
    const chain = await connectAs(options)
    const pins = await readKeyPins(options.pins)
    const { artifacts, trust } = await ui.step('reading the keys', (update) =>
      loadVerifierKeys(
        config.keys.map(({ instance }) => instance),
        pins,
        update,
      ),
    )
    if (artifacts.some(({ keyKind }) => keyKind === 'development')) ui.warnOfKeys('development')
    const keys = artifacts.map((key) => ({ key, keyHash: key.keyHash, statement: key.instance.statement }))
    const { out, force: overwrite = false } = options
    const request = { config, keys, trust, out, overwrite }
    if (options.dryRun) {
      const costs = await ui.step('trying the transactions', () => tryDeployment(chain, request))
      ui.notes(await nodeNotes(chain))
      const result = costsResult(costs)
      return ui.result(result, () => costsView(result))
    }
    const { deployment, status, files } = await ui.step('deploying', (update) =>
      deploySystem(chain, request, update),
    )
    ui.notes([...status.notes, ...(await nodeNotes(chain))])
    const result = { valid: status.valid, files, deployment, differences: status.differences }
    ui.result(result, () => deployedView(result))
    if (!status.valid) process.exitCode = 1
  })
}

/** What `--config` names, with the administrator of `--admin`. */
async function configOf({ config, admin: given, chainId }: DeployOptions): Promise<ChainConfig> {
  const { readChainConfig } = await import('../../chain/index.js')
  return {
    ...(await readChainConfig(config)),
    ...(given !== undefined && { admin: await readAddress(given, '--admin') }),
    ...(chainId !== undefined && { chainId }),
  }
}

function costsResult({
  sender,
  balance,
  gasPrice,
  steps,
}: Awaited<ReturnType<typeof import('../../chain/index.js')['tryDeployment']>>) {
  const gas = steps.reduce((sum, step) => sum + step.gas, 0n)
  return {
    ...{ sender, balance: `${balance}`, gasPrice: `${gasPrice}`, gas: Number(gas) },
    cost: `${gas * gasPrice}`,
    steps: steps.map(({ title, gas }) => ({ title, gas: Number(gas) })),
  }
}
