import { Command } from 'commander'
import type { Balance, InclusionReport } from '../../epoch/index.js'
import { readJsonFile } from '../../files/index.js'
import type { Text } from '../layout.js'
import { createUi, DEVELOPMENT_WARNING, table } from '../ui.js'

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
      const { defaultPrivateFolder, epochLayout, exportInclusion } = await import('../../epoch/index.js')
      const { readLedger } = await import('../../ledger/index.js')
      const { readRiskTable } = await import('../../risk/index.js')
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
  pins?: string
  production?: boolean
  policy?: string
  json?: boolean
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Check that an epoch is valid and counts your exact balances. Works offline.')
    .argument('<file>', 'the inclusion file that the venue gave you')
    .requiredOption('--epoch <folder>', 'the public epoch')
    .option('--pins <file>', "the keys to trust (default: those in this machine's own cache)")
    .option('--production', 'refuse development keys')
    .option('--policy <file>', 'the weakest policy to accept (default: full reserves in every instrument)')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll inclusion verify inclusion.json --epoch epoch --pins pins.json --production',
    )
    .action(async (file: string, options: VerifyOptions) => {
      const { verifyInclusion } = await import('../../epoch/index.js')
      const { policySchema } = await import('../../statements/index.js')
      const { resolvePins } = await import('../artifacts.js')
      const ui = createUi(options.json ?? false)
      const settings = {
        pins: await resolvePins(options.pins),
        production: options.production ?? false,
        ...(options.policy ? { policy: await readJsonFile(options.policy, policySchema) } : {}),
      }
      const report = await ui.step('checking the epoch and the file', (update) =>
        verifyInclusion(file, options.epoch, { ...settings, onCheck: ({ id }) => update(id) }),
      )
      if (report.keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
      const { exitCode, ...shown } = report
      ui.result(shown, () => describe(report))
      process.exitCode = exitCode
    })
}

function describe(report: InclusionReport): Text {
  const { account, venue, epoch, checks, balances } = report
  if (!report.included) {
    const failed = checks.filter(({ ok }) => !ok).map(({ id, detail }) => [id, detail])
    return [table(['failed check', 'detail'], failed), 'NOT INCLUDED']
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
    `Account ${account}: counted in epoch ${epoch} of venue ${venue}.`,
    'It is yours only if this is your own identifier there: a file that names another says nothing about you.',
  ]
}

/** What a row says of its instrument. */
function part({ quantity, tier }: Balance): string {
  if (quantity.startsWith('-')) return 'owed'
  if (tier === undefined) return 'in no tier'
  const { list, number, percent } = tier
  return `${list === 'holding' ? 'held' : `pledged: ${list}`}, tier ${number}, counts ${percent} %`
}
