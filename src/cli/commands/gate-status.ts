import { type Command, Option } from 'commander'
import { EXIT } from '../../errors/index.js'
import { connectToRead, nodeNotes, nodeOption } from '../chain-options.js'
import { command } from '../command.js'
import { gateOption } from '../gate/options.js'
import { readTimes, timesOption } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface StatusOptions {
  rpc: string
  gate: string
  requirement?: string
  times: string
  json?: boolean
}

export function gateStatusCommand(): Command {
  return command('status', {
    description:
      'Say whether the account behind a handle is on record, now, to meet a requirement: until when, or why not. Exit code 0 or 1.',
    args: [['<handle>', 'the handle, as a margin proof shows it']],
    options: [
      gateOption(),
      new Option('--requirement <name>', 'the requirement (default: the only one that the gate has)'),
      timesOption(),
      nodeOption(),
    ],
    examples: ['plimsoll gate status 1234 --gate gate.json --rpc http://127.0.0.1:8545'],
  }).action(async (text: string, options: StatusOptions) => {
    const { parseFieldElement } = await import('../../field/index.js')
    const { openRecordedGate, requirementOf } = await import('../gate/record.js')
    const { statusOf } = await import('../gate/status.js')
    const { standingView } = await import('../views/gate.js')
    const ui = createUi(options)
    const handle = parseFieldElement(text, 'handle')
    const times = await readTimes(options.times)
    const { requirement } = options
    const chain = await connectToRead(options.rpc)
    const { record, gate } = await openRecordedGate(chain, options.gate)
    const asked = requirementOf(record, { ...(requirement === undefined ? {} : { requirement }), times })
    const status = await statusOf(gate, handle, asked)
    ui.notes(await nodeNotes(chain))
    ui.result(status, () => standingView(status))
    process.exitCode = status.hasMargin ? EXIT.ok : EXIT.invalid
  })
}
