import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { MarginPurpose } from '../../margin/index.js'
import type { Artifacts } from '../../proving/index.js'
import { command } from '../command.js'
import { readTime } from '../gate/options.js'
import {
  forceOption,
  outOption,
  ownInstancesOption,
  provingOptions,
  readAddress,
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
  for?: string
  gate?: string
  caller?: string
  expiry?: number
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
      new Option('--for <file>', 'whom the proof is for (JSON): nobody else can use it'),
      new Option('--gate <file>', 'in place of --for: the record of the gate that the proof is for'),
      new Option('--caller <address>', 'with --gate: the account that will submit the proof'),
      new Option(
        '--expiry <seconds>',
        'with --gate: the last second of the proof and its record, since 1970-01-01 UTC (default: a day from now)',
      ).argParser(readTime('--expiry')),
      outOption('the proof'),
      new Option('--instance <name>', 'the instance to prove with (default: the cheapest that fits)'),
      ownInstancesOption(),
      forceOption(),
      ...provingOptions(),
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
        purpose: await readPurpose(options),
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

/** A purpose that a proof can still be used for: of a file, or for a gate with a number of its own. */
async function readPurpose(options: ProveOptions): Promise<MarginPurpose> {
  const { for: file, gate, caller, expiry } = options
  const isForGate = gate !== undefined && caller !== undefined
  const isForFile = file !== undefined && [gate, caller, expiry].every((given) => given === undefined)
  if (!isForFile && (file !== undefined || !isForGate)) {
    throw new InputError('USAGE', 'give --for, or --gate and --caller')
  }
  if (file === undefined) {
    const { gatePurpose } = await import('../gate/purpose.js')
    const purpose = await gatePurpose(gate!, await readAddress(caller!, '--caller'), expiry)
    return assertToCome(purpose, '--expiry')
  }
  const { readJsonFile } = await import('../../files/index.js')
  const { marginPurposeSchema } = await import('../../margin/index.js')
  return assertToCome(await readJsonFile(file, marginPurposeSchema), `${file}: gate.expiry`)
}

function assertToCome(purpose: MarginPurpose, where: string): MarginPurpose {
  if (!('gate' in purpose) || purpose.gate.expiry * 1000 > Date.now()) return purpose
  throw new InputError('MARGIN_EXPIRED', 'is in the past: the gate would refuse the proof', {
    where,
    hint: 'Write a time to come, in seconds since 1970-01-01 UTC.',
  })
}
