import { Command, CommanderError, Help } from 'commander'
import { EXIT, type ExitCode, InputError, printable } from '../errors/index.js'
import { group } from './command.js'
import { auditCommand } from './commands/audit.js'
import { ceremonyAcceptCommand } from './commands/ceremony-accept.js'
import { ceremonyBeaconCommand } from './commands/ceremony-beacon.js'
import { ceremonyCloseCommand } from './commands/ceremony-close.js'
import { ceremonyContributeCommand } from './commands/ceremony-contribute.js'
import { ceremonyFinalizeCommand } from './commands/ceremony-finalize.js'
import { ceremonyInitCommand } from './commands/ceremony-init.js'
import { ceremonyPageCommand } from './commands/ceremony-page.js'
import { ceremonyVerifyCommand } from './commands/ceremony-verify.js'
import { chainDeployCommand } from './commands/chain-deploy.js'
import { chainStatusCommand } from './commands/chain-status.js'
import { contractExportCommand } from './commands/contract-export.js'
import { demoCommand } from './commands/demo.js'
import { epochCommand } from './commands/epoch.js'
import { gateAcceptCommand } from './commands/gate-accept.js'
import { gateDeployCommand } from './commands/gate-deploy.js'
import { gatePledgeCommand } from './commands/gate-pledge.js'
import { gateReleaseCommand } from './commands/gate-release.js'
import { gateStatusCommand } from './commands/gate-status.js'
import { gateSubmitCommand } from './commands/gate-submit.js'
import { incidentCloseCommand } from './commands/incident-close.js'
import { incidentNoteCommand } from './commands/incident-note.js'
import { incidentOpenCommand } from './commands/incident-open.js'
import { incidentReportCommand } from './commands/incident-report.js'
import { incidentVerifyCommand } from './commands/incident-verify.js'
import { inclusionDisputeCommand } from './commands/inclusion-dispute.js'
import { inclusionExportCommand } from './commands/inclusion-export.js'
import { inclusionOpenCommand } from './commands/inclusion-open.js'
import { inclusionPublishCommand } from './commands/inclusion-publish.js'
import { inclusionVerifyCommand } from './commands/inclusion-verify.js'
import { initCommand } from './commands/init.js'
import { ledgerCheckCommand } from './commands/ledger-check.js'
import { ledgerProveCommand } from './commands/ledger-prove.js'
import { liquidationExplainCommand } from './commands/liquidation-explain.js'
import { liquidationPlanCommand } from './commands/liquidation-plan.js'
import { liquidationProveCommand } from './commands/liquidation-prove.js'
import { liquidationVerifyCommand } from './commands/liquidation-verify.js'
import { marginExplainCommand } from './commands/margin-explain.js'
import { marginProveCommand } from './commands/margin-prove.js'
import { marginVerifyCommand } from './commands/margin-verify.js'
import { ownerNewCommand } from './commands/owner-new.js'
import { ownerShowCommand } from './commands/owner-show.js'
import { planCommand } from './commands/plan.js'
import { publishCommand } from './commands/publish.js'
import { reservesChallengeCommand } from './commands/reserves-challenge.js'
import { reservesCheckCommand } from './commands/reserves-check.js'
import { reservesCollectCommand } from './commands/reserves-collect.js'
import { reservesCommitCommand } from './commands/reserves-commit.js'
import { reservesImportCommand } from './commands/reserves-import.js'
import { reservesMessageCommand } from './commands/reserves-message.js'
import { reservesOpenCommand } from './commands/reserves-open.js'
import { reservesProveCommand } from './commands/reserves-prove.js'
import { riskAccrueCommand } from './commands/risk-accrue.js'
import { riskBuildCommand } from './commands/risk-build.js'
import { riskCalibrateCommand } from './commands/risk-calibrate.js'
import { riskDraftCommand } from './commands/risk-draft.js'
import { riskProposeCommand } from './commands/risk-propose.js'
import { riskScenariosCommand } from './commands/risk-scenarios.js'
import { riskStressCommand } from './commands/risk-stress.js'
import { riskTableCommand } from './commands/risk-table.js'
import { riskTiersCommand } from './commands/risk-tiers.js'
import { riskVerifyCommand } from './commands/risk-verify.js'
import { settlementCheckCommand } from './commands/settlement-check.js'
import { settlementProveCommand } from './commands/settlement-prove.js'
import { settlementVerifyCommand } from './commands/settlement-verify.js'
import { setupCommand } from './commands/setup.js'
import { solvencyCheckCommand } from './commands/solvency-check.js'
import { solvencyDiscloseCommand } from './commands/solvency-disclose.js'
import { solvencyProveCommand } from './commands/solvency-prove.js'
import { verifyCommand } from './commands/verify.js'
import { watchCommand } from './commands/watch.js'
import { webBuildCommand } from './commands/web-build.js'
import { workerCommand } from './commands/worker.js'
import { ManyOption } from './options.js'
import { columnsOf, layOut, paragraph } from './terminal/layout.js'
import { reportError } from './terminal/ui.js'
import { packageVersion } from './version.js'

const EXIT_CODES =
  'Exit codes: 0 valid or done, 1 invalid proof or books that do not hold, 2 bad input or usage, 3 broken or unpinned artifact.'

/** All commands, in the order of the help. */
function commands(): Command[] {
  return [
    demoCommand(),
    initCommand(),
    epochCommand(),
    setupCommand(),
    planCommand(),
    workerCommand(),
    group('ledger', "A venue's accounts.", [ledgerCheckCommand(), ledgerProveCommand()]),
    group('solvency', 'What stands behind the ledger.', [
      solvencyCheckCommand(),
      solvencyProveCommand(),
      solvencyDiscloseCommand(),
    ]),
    group('reserves', 'Evidence of what a venue holds, and that it can move it.', [
      reservesChallengeCommand(),
      reservesMessageCommand(),
      reservesImportCommand(),
      reservesCollectCommand(),
      reservesCheckCommand(),
      reservesCommitCommand(),
      reservesProveCommand(),
      reservesOpenCommand(),
    ]),
    group('owner', 'The secret that binds an account to its owner.', [ownerNewCommand(), ownerShowCommand()]),
    group('inclusion', "A customer's proof of being counted.", [
      inclusionExportCommand(),
      inclusionPublishCommand(),
      inclusionOpenCommand(),
      inclusionVerifyCommand(),
      inclusionDisputeCommand(),
    ]),
    group('risk', 'Risk tables: what accounts are held to, and how prices could move.', [
      riskTableCommand(),
      riskBuildCommand(),
      riskScenariosCommand(),
      riskStressCommand(),
      riskTiersCommand(),
      riskCalibrateCommand(),
      riskDraftCommand(),
      riskProposeCommand(),
      riskVerifyCommand(),
      riskAccrueCommand(),
    ]),
    group('margin', 'Whether one account meets a margin requirement.', [
      marginProveCommand(),
      marginVerifyCommand(),
      marginExplainCommand(),
    ]),
    group('liquidation', 'Accounts below their requirement: what may be closed, and proofs of what was.', [
      liquidationExplainCommand(),
      liquidationPlanCommand(),
      liquidationProveCommand(),
      liquidationVerifyCommand(),
    ]),
    group('settlement', 'How an epoch follows from the one before, customer by customer.', [
      settlementCheckCommand(),
      settlementProveCommand(),
      settlementVerifyCommand(),
    ]),
    group('gate', "A lender's contract that records who meets a margin requirement.", [
      gateDeployCommand(),
      gateAcceptCommand(),
      gateSubmitCommand(),
      gateStatusCommand(),
      gatePledgeCommand(),
      gateReleaseCommand(),
    ]),
    verifyCommand(),
    auditCommand(),
    watchCommand(),
    publishCommand(),
    group('web', 'Pages for browsers.', [webBuildCommand()]),
    group('ceremony', 'Keys that count: made by several people who need not trust each other.', [
      ceremonyInitCommand(),
      ceremonyPageCommand(),
      ceremonyContributeCommand(),
      ceremonyAcceptCommand(),
      ceremonyCloseCommand(),
      ceremonyBeaconCommand(),
      ceremonyVerifyCommand(),
      ceremonyFinalizeCommand(),
    ]),
    group('contract', 'Verifiers for an EVM chain.', [contractExportCommand()]),
    group('chain', 'The contracts of an EVM chain: registry, risk register, breaker and fund.', [
      chainDeployCommand(),
      chainStatusCommand(),
    ]),
    group('incident', 'A log of what happened, which nobody rewrites unseen.', [
      incidentOpenCommand(),
      incidentNoteCommand(),
      incidentCloseCommand(),
      incidentVerifyCommand(),
      incidentReportCommand(),
    ]),
  ]
}

/**
 * All commands with their options and help. Building them has no side effect: what a command does is loaded
 * when it runs.
 *
 * @param given the words of the command line. Messages about a wrong word repeat it. If one of them could
 * draw on the screen, the whole message becomes a single line
 */
export function commandLine(given: readonly string[] = []): Command {
  const plain = given.every((word) => printable(word) === word)
  const program = new Command('plimsoll')
    .description(
      "Zero-knowledge proof of solvency: a venue's ledger and reserves, proven without opening the books.",
    )
    .version(packageVersion())
    .showHelpAfterError('(--help shows an example)')
    // An option behind a verb is the verb's: `epoch` and `epoch sign` both know --json.
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({
      minWidthToWrap: 20,
      optionDescription: (option) =>
        `${new Help().optionDescription(option)}${option.mandatory ? ' (required)' : ''}`,
    })
    .configureOutput({
      getOutHelpWidth: () => columnsOf(process.stdout),
      getErrHelpWidth: () => columnsOf(process.stderr),
      outputError: (text, write) => {
        const message = text.trimEnd()
        write(layOut(plain ? message.split('\n') : message, columnsOf(process.stderr)))
      },
    })
    .addHelpText('after', () => `\n${layOut(paragraph(EXIT_CODES), columnsOf(process.stdout))}`.trimEnd())
  for (const command of commands()) program.addCommand(command)
  for (const command of [...program.commands, ...program.commands.flatMap((c) => c.commands)]) {
    command.exitOverride().copyInheritedSettings(program)
    takeOnce(command)
  }
  return program
}

/** Refuses an option that takes one value and is given twice: one of the two would be dropped silently. */
function takeOnce(command: Command): void {
  for (const option of command.options) {
    if (option.isBoolean() || option.variadic || option instanceof ManyOption) continue
    let given = false
    command.on(`option:${option.name()}`, () => {
      if (given)
        throw new InputError('USAGE', 'is given twice', { where: option.long!, hint: 'Give it once.' })
      given = true
    })
  }
}

/** Runs the command that the words name, and prints what went wrong if anything did. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  const json = words.includes('--json')
  try {
    await commandLine(words).parseAsync(words, { from: 'user' })
    return (process.exitCode as ExitCode | undefined) ?? EXIT.ok
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, json)
    if (error.exitCode === 0) return EXIT.ok
    if (!json) return EXIT.input
    return reportError(new InputError('USAGE', error.message.replaceAll('\n', ' ')), json)
  }
}
