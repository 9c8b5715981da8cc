import { Command } from 'commander'
import { EXIT, inPlace } from '../../errors/index.js'
import { parseDecimal } from '../../field/index.js'
import { readJsonFile } from '../../files/index.js'
import type { RiskTable } from '../../risk/index.js'
import type { SolvencyCheck } from '../../venue/index.js'
import { policyWords } from '../policy-words.js'
import { bars } from '../terminal/bars.js'
import type { Text } from '../terminal/layout.js'
import { cents, createUi, table } from '../terminal/ui.js'
import { TIMESTAMP_OPTION } from '../timestamp.js'
import { LAYER_NAMES } from '../views/layers.js'

interface CheckOptions {
  accounts: string
  risk: string
  timestamp?: string
  reserves: string
  policy?: string
  json?: boolean
}

export function solvencyCheckCommand(): Command {
  return new Command('check')
    .description(
      "Check with no proving what stands behind a ledger: the venue's own, private check. It names accounts and amounts.",
    )
    .requiredOption('--accounts <file>', 'accounts: CSV (also .gz, or - for standard input) or Parquet')
    .requiredOption('--risk <file>', 'risk table (JSON), or tier table (CSV) for accounts with pledges')
    .option(...TIMESTAMP_OPTION)
    .requiredOption('--reserves <file>', 'reserves, and the layers that absorb shortfalls (JSON)')
    .option('--policy <file>', 'thresholds and waterfall (JSON; default: full reserves, the insurance fund)')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
Exit code 1 when no proof could be made of these books, when a cap of the waterfall leaves shortfalls uncovered, or when
the layers by themselves do not cover the largest shortfalls of some scenario: two accounts', if the policy says no
other number. An owner may have several accounts. Only the first of these is proven to others.

Example:
  plimsoll solvency check --accounts examples/venue/accounts.csv --risk examples/venue/risk.json \\
    --reserves examples/venue/reserves.json`,
    )
    .action(async (options: CheckOptions) => {
      const { checkSolvency } = await import('../../venue/index.js')
      const { readReserves } = await import('../../inputs/index.js')
      const { isTiered } = await import('../../risk/index.js')
      const { FULL_RESERVES, policySchema } = await import('../../statements/index.js')
      const { readRisk } = await import('../risk-file.js')
      const ui = createUi(options.json ?? false)
      const risk = await readRisk(options.risk, ui, options.timestamp)
      const reserves = await readReserves(options.reserves, risk)
      const policy = options.policy ? await readJsonFile(options.policy, policySchema) : FULL_RESERVES
      const check = await ui.step('checking what stands behind the accounts', (update) =>
        inPlace(
          options.policy,
          () =>
            checkSolvency({ accounts: options.accounts, table: risk, reserves, policy, progress: update }),
          'POLICY_',
        ),
      )
      const words = policyWords(check.weak, options.policy)
      for (const note of [...check.notes, ...words.notes]) ui.say(`note: ${note}`)
      ui.result(check, () => solvencyText(check, risk, isTiered(risk)))
      process.exitCode = check.valid ? EXIT.ok : EXIT.invalid
    })
}

function solvencyText(check: SolvencyCheck, risk: RiskTable, tiered: boolean): Text {
  const { quote, accounts, scenarios, instruments, cover, reasons } = check
  const parts: Text[] = [
    table(
      ['instrument', 'owed', 'lent', 'reserves', 'layers', 'missing'],
      instruments.map((i) => [
        i.symbol,
        i.long,
        i.short,
        i.reserves,
        i.layers,
        i.netted ? i.missing : 'not netted',
      ]),
    ),
  ]
  if (tiered) {
    const { short } = accounts
    parts.push(`Accounts whose collateral is short of what they owe: ${short === 0 ? 'none' : short}.`)
  }
  if (check.missingValue !== '0') parts.push(`At mark ${check.missingValue} ${quote} are missing.`)
  if (scenarios.length > 0) {
    parts.push(
      table(
        [
          'scenario',
          'owed',
          'of it, shortfalls',
          'held',
          'to absorb',
          'uncovered',
          `${cover} largest`,
          'by layers',
        ],
        scenarios.map((line) => [
          line.scenario,
          ...[line.owed, line.shortfalls, line.held, line.need, line.uncovered, line.cover.needed].map(cents),
          `${line.cover.valid ? 'covered' : 'NOT COVERED'} by ${cents(line.cover.fund)}`,
        ]),
      ),
      `Amounts in ${quote}, cut off after two decimals; --json has them exactly.`,
    )
    const paid = absorbed(check, risk.valueDecimals)
    if (paid.length > 0) {
      parts.push('', 'Who pays, first to last; to the left what nobody does:', bars(paid), '')
    }
  }
  const holds = check.weak.length === 0 ? 'HOLDS' : 'HOLDS, by a policy below full reserves'
  parts.push(...reasons.map((reason) => `✗ ${reason}`), check.valid ? holds : 'FAILS')
  return parts
}

/** A bar for every layer that pays, scenario by scenario, and one for what is left. */
function absorbed({ scenarios }: SolvencyCheck, decimals: number): Parameters<typeof bars>[0] {
  const value = (amount: string) => parseDecimal(amount, { decimals })
  return scenarios.flatMap(({ scenario, layers, uncovered }) => {
    const paying = layers.filter((layer) => layer.absorbed !== '0')
    const rows = paying.map((layer) => ({
      name: `${scenario}  ${LAYER_NAMES[layer.layer]}`,
      value: value(layer.absorbed),
      text: `${cents(layer.absorbed)} of ${cents(layer.worth)}`,
    }))
    const left = { name: `${scenario}  uncovered`, value: -value(uncovered), text: cents(uncovered) }
    return uncovered === '0' ? rows : [...rows, left]
  })
}
