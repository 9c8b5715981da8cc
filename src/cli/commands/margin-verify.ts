import { Command } from 'commander'
import { parseFieldElement } from '../../field/index.js'
import { readJsonFile } from '../../files/index.js'
import { createUi, DEVELOPMENT_WARNING } from '../terminal/ui.js'
import { MAX_AGE_OPTION, readMaxAge } from '../timestamp.js'
import { readTimes } from './margin-prove.js'
import { describeChecks } from './verify.js'

interface VerifyOptions {
  epoch?: string
  accountsRoot?: string
  risk?: string
  requirement?: string
  times?: string
  for?: string
  pins?: string
  production?: boolean
  policy?: string
  maxAge?: string
  json?: boolean
}

export function marginVerifyCommand(): Command {
  return new Command('verify')
    .description(
      'Check a margin proof: for whom it is, and what requirement of which rule it meets. Works offline.',
    )
    .argument('<file>', 'the proof')
    .option('--epoch <folder>', 'the public epoch that the account is in; it is verified as well')
    .option('--accounts-root <number>', 'instead of an epoch, a root of accounts that you trust')
    .option('--risk <file>', "the risk table whose rule is to be met (default: the epoch's own)")
    .option('--requirement <name>', 'the requirement that you asked for')
    .option('--times <number>', 'the multiple of it that you asked for (default with --requirement: 1)')
    .option('--for <file>', 'whom the proof has to be for (JSON)')
    .option('--pins <file>', "the keys to trust (default: those in this machine's own cache)")
    .option('--production', 'refuse development keys')
    .option('--policy <file>', 'the weakest policy of the epoch to accept (default: full reserves)')
    .option(...MAX_AGE_OPTION)
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll margin verify proof.json --epoch epoch --requirement maintenance --times 1.5 \\\n    --for examples/margin/for-desk.json --pins pins.json --production',
    )
    .action(async (file: string, options: VerifyOptions) => {
      const { marginPurposeSchema, verifyMargin } = await import('../../margin/index.js')
      const { readRiskTable } = await import('../../inputs/index.js')
      const { policySchema } = await import('../../statements/index.js')
      const { resolvePins } = await import('../artifacts.js')
      const ui = createUi(options.json ?? false)
      const { epoch, accountsRoot, risk, requirement, times, for: purpose, policy } = options
      const settings = {
        pins: await resolvePins(options.pins),
        production: options.production ?? false,
        ...(epoch === undefined ? {} : { epoch }),
        ...(accountsRoot === undefined
          ? {}
          : { accountsRoot: parseFieldElement(accountsRoot, '--accounts-root') }),
        ...(risk === undefined ? {} : { table: await readRiskTable(risk) }),
        ...(requirement === undefined ? {} : { requirement }),
        ...(times === undefined ? {} : { times: await readTimes(times) }),
        ...(purpose === undefined ? {} : { purpose: await readJsonFile(purpose, marginPurposeSchema) }),
        ...(policy === undefined ? {} : { policy: await readJsonFile(policy, policySchema) }),
        ...(options.maxAge === undefined ? {} : { maxAge: readMaxAge(options.maxAge) }),
      }
      const report = await ui.step('checking the proof', (update) =>
        verifyMargin(file, { ...settings, onCheck: ({ id }) => update(id) }),
      )
      if (report.keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
      for (const note of report.notes) ui.say(`note: ${note}`)
      const { exitCode, ...shown } = report
      ui.result(shown, () => {
        const verdict = report.valid
          ? [`MEETS ${report.times} × ${report.requirement}`, `handle ${report.handle}`]
          : ['NOT PROVEN']
        return [...describeChecks(report.checks), ...verdict]
      })
      process.exitCode = exitCode
    })
}
