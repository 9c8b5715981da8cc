import type { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import { type ChainOptions, connectAs, nodeOption, senderOption } from '../chain-options.js'
import { command } from '../command.js'
import { gateOption, untilOption } from '../gate/options.js'
import { readAddress, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface PledgeOptions extends ChainOptions {
  gate: string
  to: string
  until?: number
  json?: boolean
}

export function gatePledgeCommand(): Command {
  return command('pledge', {
    description:
      'Pledge a handle to a lender, and to no other: for the account that submitted its last proof. It ends with the epoch, whatever time it names.',
    args: [['<handle>', 'the handle, as a margin proof shows it']],
    options: [
      gateOption(),
      required('--to <address>', 'the lender'),
      untilOption('the last second of the pledge').makeOptionMandatory(),
      nodeOption(),
      senderOption(),
    ],
    examples: [
      'plimsoll gate pledge 1234 --to 0x70997970c51812dc3a010c7d01b50e0d17dc79c8 --until 1798761600 --gate gate.json --rpc http://127.0.0.1:8545',
    ],
  }).action(async (text: string, options: PledgeOptions) => {
    const { parseFieldElement } = await import('../../field/index.js')
    const { openRecordedGate } = await import('../gate/record.js')
    const { pledgeView } = await import('../views/gate.js')
    const ui = createUi(options)
    const { until } = options
    if (until === undefined) throw new InputError('USAGE', 'is needed', { where: '--until' })
    const handle = parseFieldElement(text, 'handle')
    const lender = (await readAddress(options.to, '--to')) as `0x${string}`
    const { gate } = await openRecordedGate(await connectAs(options), options.gate)
    const gas = await ui.step('pledging the handle', () => gate.pledge(handle, lender, until))
    const result = { handle: `${handle}`, pledge: { lender, until }, gas: Number(gas) }
    ui.result(result, () => pledgeView(result))
  })
}
