import type { Command } from 'commander'
import { type ChainOptions, connectAs, nodeOption, senderOption } from '../chain-options.js'
import { command } from '../command.js'
import { gateOption } from '../gate/options.js'
import { createUi } from '../terminal/ui.js'

interface ReleaseOptions extends ChainOptions {
  gate: string
  json?: boolean
}

export function gateReleaseCommand(): Command {
  return command('release', {
    description: 'Give a pledge back before its end: for the lender that a handle is pledged to.',
    args: [['<handle>', 'the handle, as a margin proof shows it']],
    options: [gateOption(), nodeOption(), senderOption()],
    examples: [
      'plimsoll gate release 1234 --gate gate.json --rpc http://127.0.0.1:8545 --sender examples/venue/signing-key.json',
    ],
  }).action(async (text: string, options: ReleaseOptions) => {
    const { parseFieldElement } = await import('../../field/index.js')
    const { openRecordedGate } = await import('../gate/record.js')
    const { pledgeView } = await import('../views/gate.js')
    const ui = createUi(options)
    const handle = parseFieldElement(text, 'handle')
    const { gate } = await openRecordedGate(await connectAs(options), options.gate)
    const gas = await ui.step('releasing the handle', () => gate.release(handle))
    const result = { handle: `${handle}`, pledge: null, gas: Number(gas) }
    ui.result(result, () => pledgeView(result))
  })
}
