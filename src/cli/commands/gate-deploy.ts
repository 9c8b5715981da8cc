import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import {
  type ChainOptions,
  chainIdOption,
  connectAs,
  deploymentOption,
  nodeNotes,
  nodeOption,
  type RegistryOptions,
  readRegistry,
  senderOption,
} from '../chain-options.js'
import { command } from '../command.js'
import { outOption, readTimes, required, timesOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { type ProofTrustOptions, proofTrustOptions, readProofTrust } from '../trust-options.js'

interface DeployOptions extends ChainOptions, ProofTrustOptions, RegistryOptions {
  epoch: string
  name: string
  owned?: boolean
  chainId?: string
  requirement: string
  times: string
  instance: string[]
  out: string
  json?: boolean
}

export function gateDeployCommand(): Command {
  return command('deploy', {
    description:
      'Put a margin gate on a chain, with its verifiers and a requirement, and write its record for traders.',
    options: [
      required('--epoch <place>', 'an epoch of the venue: its name and its margin rule are taken from there'),
      required('--name <name>', 'your name: handles at this gate are made from it'),
      new Option('--owned', 'accept epochs yourself, with `gate accept`'),
      new Option('--registry <address>', 'take the epochs that this registry says are solvent'),
      deploymentOption(),
      required('--requirement <name>', 'a requirement of the rule, such as maintenance'),
      timesOption(),
      required('--instance <names...>', 'margin instances whose proofs the gate takes'),
      outOption('the record'),
      nodeOption(),
      chainIdOption(),
      senderOption(),
      ...proofTrustOptions(),
    ],
    notes: [
      'The account that sends owns the gate: it alone changes what the gate takes.',
      'After an interruption, run it again with the same record: it goes on where it stopped. With another requirement or other instances, it adds them.',
    ],
    examples: [
      'plimsoll gate deploy --epoch epoch --name "Example Desk" --owned --requirement maintenance --times 1.5 --instance margin-4 --rpc http://127.0.0.1:8545 --sender examples/venue/signing-key.json --pins pins.json --out gate.json',
    ],
  }).action(async (options: DeployOptions) => {
    const { owned, out, requirement } = options
    if ((owned === undefined) === ((options.registry ?? options.deployment) === undefined)) {
      throw new InputError('USAGE', 'give --owned, --registry or --deployment, one of them')
    }
    const { labelSchema } = await import('../../bundle/index.js')
    const { assertChainId, openSolvencyRegistry } = await import('../../chain/index.js')
    const { writeJson } = await import('../../files/index.js')
    const { findInstance } = await import('../../proving/index.js')
    const { deployGate, gateRequirement } = await import('../gate/deploy.js')
    const { verifiedEpoch } = await import('../gate/epoch.js')
    const { openRecordedGate } = await import('../gate/record.js')
    const { loadVerifierKeys } = await import('../verifier-keys.js')
    const { gateView } = await import('../views/gate.js')
    const ui = createUi(options)
    const times = await readTimes(options.times)
    const registry = await readRegistry(options)
    const named = labelSchema.safeParse(options.name)
    if (!named.success) throw new InputError('USAGE', named.error.issues[0]!.message, { where: '--name' })
    for (const name of options.instance) {
      if (findInstance(name).statement === 'margin') continue
      throw new InputError('MARGIN_INSTANCE', `${name} does not prove margin`, { where: '--instance' })
    }
    const trust = await readProofTrust(options)
    const { manifest, table } = await verifiedEpoch(ui, options.epoch, trust)
    gateRequirement(table, requirement, times)
    const pins = options.pins === undefined ? undefined : trust.pins
    const { artifacts: keys, trust: keyTrust } = await ui.step('checking keys of verifiers', (update) =>
      loadVerifierKeys(options.instance, pins, update),
    )
    const chain = await connectAs(options)
    const wanted = {
      ...{ name: named.data, venue: manifest.venue, table, requirement, times, keys },
      trust: keyTrust,
    }
    for (const meant of [options.chainId, registry?.chainId]) assertChainId(chain, meant)
    const at = registry?.address
    if (at !== undefined) await openSolvencyRegistry(chain, at)
    const before = existsSync(out) ? await openRecordedGate(chain, out) : undefined
    const { record } = before ?? {}
    if (
      record !== undefined &&
      (record.name !== wanted.name ||
        record.venue !== wanted.venue ||
        (at === undefined ? record.source.kind !== 'owned' : record.source.contract !== at))
    ) {
      throw new InputError('GATE_RECORD', 'is the record of another gate', {
        where: out,
        hint: 'Name, venue and source are a gate’s for good. Name another file with --out.',
      })
    }
    const made = await deployGate(
      ui,
      chain,
      { ...wanted, ...(at === undefined ? {} : { registry: at }) },
      before,
      (each) => writeJson(out, each),
    )
    if (made.verifiers.some(({ keyKind }) => keyKind === 'development')) ui.warnOfKeys('development')
    ui.notes(await nodeNotes(chain))
    ui.result({ record: out, ...made }, () => gateView(out, made))
  })
}
