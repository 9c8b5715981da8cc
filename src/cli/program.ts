import { Command, CommanderError } from 'commander'
import { EXIT, type ExitCode, InputError, printable } from '../errors/index.js'
import { contractCommand } from './commands/contract.js'
import { demoCommand } from './commands/demo.js'
import { inclusionCommand } from './commands/inclusion.js'
import { ledgerCommand } from './commands/ledger.js'
import { marginCommand } from './commands/margin.js'
import { ownerCommand } from './commands/owner.js'
import { riskCommand } from './commands/risk.js'
import { setupCommand } from './commands/setup.js'
import { solvencyCommand } from './commands/solvency.js'
import { verifyCommand } from './commands/verify.js'
import { reportError } from './terminal/ui.js'

/**
 * All commands with their options and help; what they do is loaded when they are called.
 *
 * @param given the words of the command line. What is said of a wrong one repeats it: if one could draw on the screen, all of the
 * message becomes a single line
 */
export function commandLine(given: readonly string[] = []): Command {
  const plain = given.every((word) => printable(word) === word)
  const program = new Command('plimsoll')
    .description(
      "Zero-knowledge proof of solvency: a venue's ledger and reserves, proven without opening the books.",
    )
    .version('0.1.0')
    .showHelpAfterError('(--help shows an example)')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(plain ? text : `${printable(text.trimEnd())}\n`),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 valid or done, 1 invalid proof or books that do not hold, 2 bad input or usage, 3 broken or unpinned artifact.',
    )
  for (const command of [
    demoCommand(),
    setupCommand(),
    ledgerCommand(),
    solvencyCommand(),
    ownerCommand(),
    inclusionCommand(),
    riskCommand(),
    marginCommand(),
    verifyCommand(),
    contractCommand(),
  ]) {
    program.addCommand(command)
  }
  for (const command of [...program.commands, ...program.commands.flatMap((c) => c.commands)]) {
    command.exitOverride().copyInheritedSettings(program)
    takeOnce(command)
  }
  return program
}

/** An option that takes one value is given once: of two that are asked for, one would be left out in silence. */
function takeOnce(command: Command): void {
  for (const option of command.options) {
    const collects = option.variadic || (option.parseArg !== undefined && option.argChoices === undefined)
    if (option.isBoolean() || collects) continue
    let given = false
    command.on(`option:${option.name()}`, () => {
      if (given)
        throw new InputError('USAGE', 'is given twice', { where: option.long!, hint: 'Give it once.' })
      given = true
    })
  }
}

/** Runs the command that the words ask for, and says what went wrong if anything did. */
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
