import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { accountsOption, forceOption, ManyOption, readPolicy, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { packageVersion } from '../version.js'
import { writeResult } from '../write-result.js'

/** Penalties that are tried besides the policy's own, in parts per million. */
const PENALTIES = [0n, 2_500n, 5_000n, 10_000n, 20_000n, 30_000n, 50_000n, 100_000n]
const PPM_DECIMALS = 6
const PPM_ONE = 1_000_000n
/** A report has counts and sums of the venue's private books. */
const PRIVATE_MODE = 0o600

interface PlanOptions {
  accounts: string
  risk: string
  policy: string
  depth: string
  scenario?: string
  fund: string
  penalty?: readonly string[]
  incentive: string
  impact: string
  rounds: number
  report?: readonly string[]
  force?: boolean
  json?: boolean
}

export function liquidationPlanCommand(): Command {
  return command('plan', {
    description:
      "Size the liquidations of a whole ledger in a scenario: who falls, what is closed, how far order books are taken, what the fund pays, and which penalty fits. Reads the venue's books, and names no account.",
    options: [
      accountsOption(),
      required('--risk <file>', 'risk table with a margin rule (JSON)'),
      required('--policy <file>', 'policy that says what liquidations may do (JSON)'),
      required('--depth <file>', 'order books (CSV: symbol, side, level, price, size)'),
      new Option('--scenario <name>', 'scenario of the risk table (default: its marks)'),
      new Option('--fund <amount>', 'what the insurance fund has, in the quote currency').default('0'),
      new Option(
        '--penalty <shares...>',
        "penalties to try besides the policy's own (default: eight from 0 to 0.1)",
      ),
      new Option(
        '--incentive <share>',
        'share of what they close that liquidators have to keep, whatever they close',
      ).default('0.001'),
      new Option(
        '--impact <share>',
        'share of the way from the best price to the last one that stays in the mark',
      ).default('1'),
      new Option('--rounds <number>', 'rounds after which a cascade counts as one that does not rest')
        .argParser(readRounds)
        .default(32),
      new ManyOption(
        '--report <file>',
        'write the plan: a page with plots (.html) or a document (.json); may be repeated',
      ),
      forceOption(),
    ],
    notes: [
      'Who is below is exact. What happens then is a simulation: the same share is closed of every position, books are not filled again, and what is charged stays as the table has it.',
      'A penalty fits when the cascade rests, no account falls by what is closed of others, books have enough, liquidators keep enough, and the fund pays the rest.',
    ],
    examples: [
      'plimsoll liquidation plan --accounts examples/venue/accounts.csv --risk examples/venue/risk.json --policy examples/liquidation/derive.json --depth examples/liquidation/depth.csv --scenario upside-extremes --fund 250000 --report plan.html',
    ],
  }).action(async (options: PlanOptions) => {
    const { exactPlan, planView } = await import('../views/liquidation-plan.js')
    const { planPage } = await import('../views/liquidation-plan-page.js')
    const { readRiskTable } = await import('../../inputs/index.js')
    const { readDepth } = await import('../../models/index.js')
    const { formatJson } = await import('../../schema/index.js')
    const { resolveLiquidation } = await import('../../statements/index.js')
    const { planLiquidation } = await import('../../venue/index.js')
    const { parseDecimal } = await import('../../field/index.js')
    const ui = createUi(options)
    const { report: files = [], scenario, rounds, force } = options
    for (const file of files) assertReportName(file)
    const shareOf = (text: string, where: string): bigint => {
      const value = parseDecimal(text, { decimals: PPM_DECIMALS, where })
      if (value <= PPM_ONE) return value
      throw new InputError('USAGE', 'a share is at most 1', { where, hint: 'Write 0.025 for 2.5 %.' })
    }
    const penalties = options.penalty?.map((text) => shareOf(text, '--penalty')) ?? PENALTIES
    const incentive = shareOf(options.incentive, '--incentive')
    const impact = shareOf(options.impact, '--impact')
    const { liquidation } = await readPolicy(options.policy)
    if (liquidation === undefined) {
      throw new InputError('LIQUIDATION_POLICY', 'the policy says nothing of liquidations', {
        where: options.policy,
        hint: 'Add liquidation to it, with trigger, target and backstop.',
      })
    }
    const risk = await readRiskTable(options.risk)
    // Refuses a table without a rule.
    const policy = resolveLiquidation(liquidation, risk)
    const books = {
      table: { ...risk, margin: risk.margin! },
      policy,
      depth: await readDepth(options.depth, risk),
      ...(scenario === undefined ? {} : { scenario }),
      fund: parseDecimal(options.fund, { decimals: risk.valueDecimals, where: '--fund' }),
      impact,
    }
    const plan = await ui.step('sizing liquidations', () =>
      planLiquidation(options.accounts, {
        ...books,
        ...{ rounds, incentive, penalties: [...penalties, policy.penalty] },
      }),
    )
    const sized = { plan, books, rounds, incentive }
    for (const file of files) {
      const text = /\.html$/i.test(file) ? planPage(sized, packageVersion()) : formatJson(exactPlan(sized))
      await writeResult(file, text, force, PRIVATE_MODE)
    }
    ui.result(exactPlan(sized), () => planView(sized, files))
  })
}

function assertReportName(file: string): void {
  if (/\.(?:html|json)$/i.test(file)) return
  throw new InputError('USAGE', 'a plan is a page or a document', {
    where: '--report',
    hint: 'Name a file that ends with .html or .json.',
  })
}

function readRounds(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of rounds', {
    where: '--rounds',
    hint: 'Write a whole number from 1 to 999.',
  })
}
