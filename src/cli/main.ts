#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { EXIT, InputError } from '../errors/index.js'
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
import { reportError } from './ui.js'

const program = new Command('plimsoll')
  .description(
    "Zero-knowledge proof of solvency: a venue's ledger and reserves, proven without opening the books.",
  )
  .version('0.1.0')
  .showHelpAfterError('(--help shows an example)')
  .exitOverride()
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
  process.stderr.write('\ninterrupted: run the same command again, and what is finished is kept\n')
  process.exit(130)
})
process.once('SIGTERM', () => process.exit(143))
// Whoever reads may stop reading, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.input),
)

try {
  await program.parseAsync()
} catch (error) {
  const json = process.argv.includes('--json')
  if (!(error instanceof CommanderError)) process.exitCode = reportError(error, json)
  else if (error.exitCode === 0) process.exitCode = EXIT.ok
  else if (json) process.exitCode = reportError(new InputError('USAGE', error.message), json)
  else process.exitCode = EXIT.input
}
const { terminateProving } = await import('../proving/index.js')
await terminateProving()
