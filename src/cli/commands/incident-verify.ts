import { type Command, Option } from 'commander'
import type { LogTrust } from '../../incident/index.js'
import { command } from '../command.js'
import { LOG_ARGUMENT } from '../incident.js'
import { ManyOption, readAddress } from '../options.js'
import { createUi } from '../terminal/ui.js'

export interface LogTrustOptions {
  head?: string[]
  signer?: string
}

export function logTrustOptions(): Option[] {
  return [
    new ManyOption(
      '--head <head>',
      'a head that was noted elsewhere, as `incident verify` prints it: everything before it has to be there still; may be repeated',
    ),
    new Option('--signer <address>', 'whose signature the last entry has to have'),
  ]
}

/** What a log is held against, as named on the command line. */
export async function readLogTrust({ head = [], signer }: LogTrustOptions): Promise<LogTrust> {
  const { parseHead } = await import('../../incident/index.js')
  return {
    heads: head.map(parseHead),
    now: Date.now() / 1000,
    ...(signer === undefined ? {} : { signer: await readAddress(signer, '--signer') }),
  }
}

export function incidentVerifyCommand(): Command {
  return command('verify', {
    description:
      'Verify a log of incidents: that no entry was removed, moved, changed or added from another log, and that it still has the heads that you know.',
    args: [LOG_ARGUMENT],
    options: logTrustOptions(),
    notes: [
      'A chain of hashes needs no secret: whoever can write the file can cut off its end or write all of it anew, and only a head that was noted elsewhere shows it. A signature shows that nobody without its key changed anything before it, not that the end is there.',
    ],
    examples: ['plimsoll incident verify incidents.jsonl'],
  }).action(async (log: string, options: LogTrustOptions & { json?: boolean }) => {
    const { logView } = await import('../views/incident.js')
    const { formatHead, readLogText, verifyLog } = await import('../../incident/index.js')
    const trust = await readLogTrust(options)
    const { report, incidents } = await verifyLog(await readLogText(log), log, trust)
    const { exitCode, head, ...found } = report
    const open = incidents.filter(({ closedAt }) => closedAt === undefined).map(({ incident }) => incident)
    const result = { ...found, head: formatHead(head), incidents: incidents.length, open }
    createUi(options).result(result, () => logView(result))
    process.exitCode = exitCode
  })
}
