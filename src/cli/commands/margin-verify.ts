import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { publicEpochOption, readTimes } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface VerifyOptions extends TrustOptions {
  epoch?: string
  accountsRoot?: string
  risk?: string
  requirement?: string
  times?: string
  for?: string
  json?: boolean
}

export function marginVerifyCommand(): Command {
  return command('verify', {
    description:
      'Verify a margin proof: whom it is for, and which requirement of which rule it meets. Works offline.',
    args: [['<file>', 'the proof']],
    options: [
      publicEpochOption(),
      new Option('--accounts-root <number>', 'a root of accounts that you trust, in place of --epoch'),
      new Option('--risk <file>', "risk table whose rule must be met (default: the epoch's own)"),
      new Option('--requirement <name>', 'the requirement that you asked for'),
      new Option('--times <number>', 'multiple of it that you asked for (default with --requirement: 1)'),
      new Option('--for <file>', 'whom the proof must be for (JSON)'),
      ...trustOptions(),
    ],
    examples: [
      'plimsoll margin verify proof.json --epoch epoch --requirement maintenance --times 1.5 --for examples/margin/for-desk.json --pins pins.json',
    ],
  }).action(async (file: string, options: VerifyOptions) => {
    const { parseFieldElement } = await import('../../field/index.js')
    const { readJsonFile } = await import('../../files/index.js')
    const { marginReportView } = await import('../views/margin.js')
    const { marginPurposeSchema, verifyMargin } = await import('../../margin/index.js')
    const { openEpoch } = await import('../../epoch/index.js')
    const { openSource, readMarginProof, readRiskTable } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const { epoch, accountsRoot, risk, requirement, times, for: purpose } = options
    const trust = await readTrust(options)
    const settings = {
      ...trust,
      ...(accountsRoot === undefined
        ? {}
        : { accountsRoot: parseFieldElement(accountsRoot, '--accounts-root') }),
      ...(risk === undefined ? {} : { table: await readRiskTable(risk) }),
      ...(requirement === undefined ? {} : { requirement }),
      ...(times === undefined ? {} : { times: await readTimes(times) }),
      ...(purpose === undefined ? {} : { purpose: await readJsonFile(purpose, marginPurposeSchema) }),
    }
    const { exitCode, ...report } = await ui.step('verifying the proof', async (update) => {
      const proof = await readMarginProof(file)
      const opened = epoch === undefined ? {} : { epoch: await openEpoch(await openSource(epoch), trust) }
      return verifyMargin(proof, { ...settings, ...opened, onCheck: ({ id }) => update(id) })
    })
    ui.warnOfKeys(report.keyKind)
    ui.notes(report.notes)
    ui.result(report, () => marginReportView(report))
    process.exitCode = exitCode
  })
}
