import { Command } from 'commander'
import { PlimsollError } from '../../errors/index.js'
import { readJsonFile } from '../../files/index.js'
import type { Balance, InclusionReport } from '../../inclusion/index.js'
import type { Text } from '../terminal/layout.js'
import { createUi, DEVELOPMENT_WARNING, table } from '../terminal/ui.js'
import { MAX_AGE_OPTION, readMaxAge } from '../timestamp.js'
import { todos } from './verify.js'

export function inclusionCommand(): Command {
  return new Command('inclusion')
    .description("A customer's own proof of being counted.")
    .addCommand(exportCommand())
    .addCommand(verifyCommand())
}

interface ExportOptions {
  epoch: string
  account: string
  accounts: string
  out: string
  private?: string
  json?: boolean
}

function exportCommand(): Command {
  return new Command('export')
    .description("Write one customer's inclusion file, for that customer alone.")
    .requiredOption('--epoch <folder>', 'an epoch whose ledger is proven')
    .requiredOption('--account <id>', "the customer's identifier, as the accounts file has it")
    .requiredOption('--accounts <file>', 'the accounts that the epoch was made of')
    .requiredOption('--out <file>', 'the file to write; it must not exist yet')
    .option('--private <folder>', 'the private folder of the epoch (default: <epoch>.private)')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll inclusion export --epoch epoch --account desk-000001 \\\n    --accounts examples/venue/accounts.csv --out inclusion.json',
    )
    .action(async (options: ExportOptions) => {
      const { defaultPrivateFolder, exportInclusion } = await import('../../venue/index.js')
      const { epochLayout } = await import('../../epoch/index.js')
      const { readLedger } = await import('../../ledger/index.js')
      const { readRiskTable } = await import('../../inputs/index.js')
      const ui = createUi(options.json ?? false)
      const riskTable = await readRiskTable(epochLayout(options.epoch).risk)
      const ledger = await ui.step('reading the accounts', () => readLedger(options.accounts, riskTable))
      try {
        await ui.step('folding the ledger again', () =>
          exportInclusion({
            folder: options.epoch,
            privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
            table: riskTable,
            ledger,
            accountId: options.account,
            out: options.out,
          }),
        )
      } finally {
        await ledger.close()
      }
      ui.result({ inclusion: options.out, epoch: options.epoch }, () =>
        table(
          ['what', 'how it came out'],
          [
            ['for that customer alone', options.out],
            ['the customer checks it', `plimsoll inclusion verify ${options.out} --epoch ${options.epoch}`],
          ],
        ),
      )
    })
}

interface VerifyOptions {
  epoch: string
  owner?: string
  pins?: string
  production?: boolean
  policy?: string
  maxAge?: string
  json?: boolean
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Check that an epoch is valid and counts your exact balances. Works offline.')
    .argument('<file>', 'the inclusion file that the venue gave you')
    .requiredOption('--epoch <folder>', 'the public epoch')
    .option(
      '--owner <file>',
      'your owner file: the leaf has to hold its commitment, so that it is nobody else’s',
    )
    .option('--pins <file>', "the keys to trust (default: those in this machine's own cache)")
    .option('--production', 'refuse development keys')
    .option('--policy <file>', 'the weakest policy to accept (default: full reserves in every instrument)')
    .option(...MAX_AGE_OPTION)
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll inclusion verify inclusion.json --epoch epoch --pins pins.json --production',
    )
    .action(async (file: string, options: VerifyOptions) => {
      const { readOwner } = await import('../../trader/index.js')
      const { verifyInclusion } = await import('../../inclusion/index.js')
      const { ownerCommitment } = await import('../../hash/index.js')
      const { policySchema } = await import('../../statements/index.js')
      const { resolvePins } = await import('../artifacts.js')
      const ui = createUi(options.json ?? false)
      const verify = async (): Promise<InclusionReport> => {
        const settings = {
          pins: await resolvePins(options.pins),
          production: options.production ?? false,
          ...(options.policy ? { policy: await readJsonFile(options.policy, policySchema) } : {}),
          ...(options.maxAge === undefined ? {} : { maxAge: readMaxAge(options.maxAge) }),
          ...(options.owner ? { owner: ownerCommitment(await readOwner(options.owner)) } : {}),
        }
        return ui.step('checking the epoch and the file', (update) =>
          verifyInclusion(file, options.epoch, { ...settings, onCheck: ({ id }) => update(id) }),
        )
      }
      try {
        const { exitCode, ...report } = await verify()
        if (report.keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
        for (const note of report.notes) ui.say(`note: ${note}`)
        ui.result(report, () => inclusionText(report))
        process.exitCode = exitCode
      } catch (error) {
        // Whoever asks whether they are counted gets one of three answers, also when something cannot be read.
        if (!(error instanceof PlimsollError)) throw error
        ui.result({ verdict: 'cannot tell', error: error.toJSON() }, () => [
          `${error.code}: ${error.message}`,
          ...(error.hint === undefined ? [] : [error.hint]),
          CANNOT_TELL,
        ])
        process.exitCode = error.exitCode
      }
    })
}

const CANNOT_TELL = 'CANNOT TELL whether this account is counted: see above for why, and what to do.'

function inclusionText(report: Omit<InclusionReport, 'exitCode'>): Text {
  const { verdict, account, venue, epoch, checks, balances, notChecked } = report
  if (verdict !== 'included') {
    // That scenarios are not proven follows from what fails above them, and says nothing more.
    const failed = checks.filter(({ valid, id }) => !valid && !id.startsWith('scenario:'))
    const rows = failed.map(({ id, detail }) => [id, detail])
    return [
      table(['failed check', 'detail'], rows),
      ...todos(failed),
      verdict === 'cannot tell' ? CANNOT_TELL : `NOT INCLUDED in epoch ${epoch} of venue ${venue}.`,
    ]
  }
  const tiered = balances.some(({ tier }) => tier !== undefined)
  const rows = balances.map((balance) => {
    const { instrument, kind, quantity, tier } = balance
    return [tier?.of ?? instrument, kind, quantity, ...(tiered ? [part(balance)] : [])]
  })
  return [
    table(
      ['instrument', 'kind', 'quantity', ...(tiered ? ['of it'] : [])],
      rows.length > 0 ? rows : [['(none)', '', '0']],
    ),
    `INCLUDED: account ${account} is counted in epoch ${epoch} of venue ${venue}.`,
    'Not checked:',
    ...notChecked.map((what) => `  ${what}`),
  ]
}

/** What a row says of its instrument. */
function part({ quantity, tier }: Balance): string {
  if (quantity.startsWith('-')) return 'owed'
  if (tier === undefined) return 'in no tier'
  const { list, number, percent } = tier
  return `${list === 'holding' ? 'held' : `pledged: ${list}`}, tier ${number}, counts ${percent} %`
}
