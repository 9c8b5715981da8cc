import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { MarginPurpose } from '../../margin/index.js'
import type { Artifacts } from '../../proving/index.js'
import { command } from '../command.js'
import {
  forceOption,
  keyPinsOption,
  outOption,
  ownInstancesOption,
  proverOption,
  readKeyPins,
  readOwn,
  readTimes,
  required,
  timesOption,
} from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface ProveOptions {
  account: string
  owner: string
  risk: string
  requirement: string
  times: string
  for: string
  out: string
  instance?: string
  ownInstances?: string
  force?: boolean
  prover: string
  pins?: string
  json?: boolean
}

export function marginProveCommand(): Command {
  return command('prove', {
    description:
      'Prove that your account meets a requirement, without showing what it holds or which account it is.',
    options: [
      required('--account <file>', "the account's inclusion file, from its venue (private)"),
      required('--owner <file>', 'your owner file, from `plimsoll owner new` (private)'),
      required('--risk <file>', 'risk table with a margin rule'),
      required('--requirement <name>', 'a requirement of the rule, such as maintenance'),
      timesOption(),
      required('--for <file>', 'whom the proof is for (JSON): nobody else can use it'),
      outOption('the proof'),
      new Option('--instance <name>', 'the instance to prove with (default: the cheapest that fits)'),
      ownInstancesOption(),
      forceOption(),
      keyPinsOption(),
      proverOption(),
    ],
    examples: [
      'plimsoll margin prove --account inclusion.json --owner examples/venue/owner-desk-1.json --risk examples/venue/risk.json --requirement maintenance --times 1.5 --for examples/margin/for-desk.json --out proof.json',
    ],
  }).action(async (options: ProveOptions) => {
    const { assertReplaceable } = await import('../../files/index.js')
    const { marginProvenView } = await import('../views/proven.js')
    const { proveMargin, readOwner } = await import('../../trader/index.js')
    const { chooseProver } = await import('../../proving/index.js')
    const { readInclusion, readRiskTable } = await import('../../inputs/index.js')
    const { formatJson } = await import('../../schema/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const ui = createUi(options)
    const prover = chooseProver(options.prover)
    if (!options.force) await assertReplaceable(options.out)
    const own = await readOwn(options.ownInstances)
    const source = artifactSource(ui, await readKeyPins(options.pins))
    let keyKind: Artifacts['keyKind'] | undefined
    const proof = await ui.step(`proving ${options.times} × ${options.requirement}`, async () =>
      proveMargin({
        purpose: await readPurpose(options.for),
        times: await readTimes(options.times),
        ownerSecret: await readOwner(options.owner),
        inclusion: await readInclusion(options.account),
        table: await readRiskTable(options.risk),
        requirement: options.requirement,
        ...(options.instance === undefined ? {} : { instance: options.instance }),
        own,
        artifacts: async (name) => {
          const artifacts = await source(name)
          keyKind = artifacts.keyKind
          return artifacts
        },
        prover,
      }),
    )
    await writeResult(options.out, formatJson(proof), options.force)
    const { instance, signals } = proof.proof
    ui.warnOfKeys(keyKind)
    const { out, requirement, times } = options
    const result = { proof: out, requirement, times, instance, keyKind, signals }
    ui.result(result, () => marginProvenView(result))
  })
}

/** A purpose that a proof can still be used for. */
async function readPurpose(file: string): Promise<MarginPurpose> {
  const { readJsonFile } = await import('../../files/index.js')
  const { marginPurposeSchema } = await import('../../margin/index.js')
  const purpose = await readJsonFile(file, marginPurposeSchema)
  if (!('gate' in purpose) || purpose.gate.expiry * 1000 > Date.now()) return purpose
  throw new InputError('MARGIN_EXPIRED', 'is in the past: the gate would refuse the proof', {
    where: `${file}: gate.expiry`,
    hint: 'Write a time to come, in seconds since 1970-01-01 UTC.',
  })
}
