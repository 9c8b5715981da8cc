#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { EXIT, InputError, printable } from '../errors/index.js'
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
import { reportError, show } from './ui.js'

const json = process.argv.includes('--json')
/** What commander says of an argument repeats it; one that could draw on the screen makes the whole message a single line. */
const asGiven = process.argv.every((argument) => printable(argument) === argument)

const program = new Command('plimsoll')
  .description(
    "Zero-knowledge proof of solvency: a venue's ledger and reserves, proven without opening the books.",
  )
  .version('0.1.0')
  .showHelpAfterError('(--help shows an example)')
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(asGiven ? text : `${printable(text.trimEnd())}\n`),
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
}

// Exit handlers remove what is private and temporary; a signal alone would not run them.
process.once('SIGINT', () => {
  show(process.stderr, ['', 'interrupted: run the same command again, and what is finished is kept'])
  process.exit(130)
})
for (const [signal, number] of [
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.once(signal, () => process.exit(128 + number))
}
// Whoever reads may stop reading, as `head` does, and a terminal may be gone; what a command finds out is in its exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') process.exit(EXIT.input)
  })
}
process.on('uncaughtException', (error) => process.exit(reportError(error, json)))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) process.exitCode = reportError(error, json)
  else if (error.exitCode === 0) process.exitCode = EXIT.ok
  else if (json)
    process.exitCode = reportError(new InputError('USAGE', error.message.replaceAll('\n', ' ')), json)
  else process.exitCode = EXIT.input
}
// Threads are there where something was proven, and only there.
if (globalThis.curve_bn128 !== undefined) {
  const { terminateProving } = await import('../proving/index.js')
  await terminateProving()
}
