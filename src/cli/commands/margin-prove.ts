import { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import { assertReplaceable, readJsonFile } from '../../files/index.js'
import type { Artifacts } from '../../proving/index.js'
import { forceOption, writeResult } from '../output.js'
import { createUi, DEVELOPMENT_WARNING, table } from '../terminal/ui.js'

interface ProveOptions {
  account: string
  owner: string
  risk: string
  requirement: string
  times: string
  for: string
  out: string
  instance?: string
  force?: boolean
  json?: boolean
}

export function marginProveCommand(): Command {
  return new Command('prove')
    .description('Prove that your account meets a requirement, without showing what it holds or which it is.')
    .requiredOption('--account <file>', "the account's inclusion file, from its venue (private)")
    .requiredOption('--owner <file>', 'your owner file, from `plimsoll owner new` (private)')
    .requiredOption('--risk <file>', 'the risk table, with a margin rule')
    .requiredOption('--requirement <name>', 'a requirement of the rule, such as maintenance')
    .option('--times <number>', 'prove this multiple of the requirement', '1')
    .requiredOption('--for <file>', 'whom the proof is for (JSON): nobody else can use it')
    .requiredOption('--out <file>', 'where to write the proof')
    .option('--instance <name>', 'the instance to prove with (default: the smallest that fits)')
    .addOption(forceOption())
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll margin prove --account inclusion.json --owner examples/venue/owner-desk-1.json \\\n    --risk examples/venue/risk.json --requirement maintenance --times 1.5 \\\n    --for examples/margin/for-desk.json --out proof.json',
    )
    .action(async (options: ProveOptions) => {
      const { inclusionSchema } = await import('../../inclusion/index.js')
      const { marginPurposeSchema } = await import('../../margin/index.js')
      const { proveMargin, readOwner } = await import('../../trader/index.js')
      const { snarkjsProver } = await import('../../proving/index.js')
      const { readRiskTable } = await import('../../inputs/index.js')
      const { artifactSource } = await import('../artifacts.js')
      const ui = createUi(options.json ?? false)
      if (!options.force) await assertReplaceable(options.out)
      const source = artifactSource(ui)
      let keyKind: Artifacts['keyKind'] | undefined
      const proof = await ui.step(`proving ${options.times} × ${options.requirement}`, async () =>
        proveMargin({
          inclusion: await readJsonFile(options.account, inclusionSchema),
          ownerSecret: await readOwner(options.owner),
          table: await readRiskTable(options.risk),
          requirement: options.requirement,
          times: await readTimes(options.times),
          purpose: await readJsonFile(options.for, marginPurposeSchema),
          ...(options.instance === undefined ? {} : { instance: options.instance }),
          artifacts: async (name) => {
            const artifacts = await source(name)
            keyKind = artifacts.keyKind
            return artifacts
          },
          prover: snarkjsProver,
        }),
      )
      await writeResult(options.out, `${JSON.stringify(proof, null, 2)}\n`, options.force)
      const { instance, signals } = proof.proof
      if (keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
      ui.result(
        {
          proof: options.out,
          requirement: options.requirement,
          times: options.times,
          instance,
          keyKind,
          signals,
        },
        () =>
          table(
            ['what', 'how it came out'],
            [
              ['proof, public', options.out],
              ['what it says', `meets ${options.times} × ${options.requirement}`],
              ['handle', signals.handle!],
              ['the reader checks it', `plimsoll margin verify ${options.out} --epoch <epoch>`],
            ],
          ),
      )
    })
}

/** A multiple as the command line gives it. */
export async function readTimes(text: string): Promise<string> {
  const { timesSchema } = await import('../../margin/index.js')
  const read = timesSchema.safeParse(text)
  if (read.success && /[1-9]/.test(text)) return read.data
  throw new InputError('MARGIN_TIMES', 'not a multiple of a requirement', {
    where: '--times',
    hint: 'Write a plain decimal number above 0 and below 1000, such as 1.5.',
  })
}
