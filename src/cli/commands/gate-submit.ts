import type { Command } from 'commander'
import { type ChainOptions, connectAs, nodeOption, senderOption } from '../chain-options.js'
import { command } from '../command.js'
import { gateOption } from '../gate/options.js'
import { createUi } from '../terminal/ui.js'

interface SubmitOptions extends ChainOptions {
  gate: string
  json?: boolean
}

export function gateSubmitCommand(): Command {
  return command('submit', {
    description:
      'Bring a margin proof to the gate that it was made for. What the gate would refuse is refused before anything is sent.',
    args: [['<proof>', 'the margin proof']],
    options: [gateOption(), nodeOption(), senderOption()],
    notes: [
      'The account that sends has to be the caller that the proof names. It becomes the submitter of the handle, and may pledge it.',
    ],
    examples: [
      'plimsoll gate submit proof.json --gate gate.json --rpc http://127.0.0.1:8545 --sender examples/venue/signing-key.json',
    ],
  }).action(async (file: string, options: SubmitOptions) => {
    const { readMarginProof } = await import('../../inputs/index.js')
    const { openRecordedGate, requirementOf, verifierOf } = await import('../gate/record.js')
    const { standingView } = await import('../views/gate.js')
    const { statusOf } = await import('../gate/status.js')
    const { purposeFile } = await import('../../margin/index.js')
    const ui = createUi(options)
    const proof = await readMarginProof(file)
    const chain = await connectAs(options)
    const { record, gate } = await openRecordedGate(chain, options.gate)
    const verifier = verifierOf(record, proof.proof.keyHash)
    const asked = requirementOf(record, proof)
    const gas = await ui.step('the gate verifies the proof', () =>
      gate.submit(verifier, asked.id, { ...proof, for: purposeFile(proof.for) }),
    )
    const handle = BigInt(proof.proof.signals.handle!)
    const result = { ...(await statusOf(gate, handle, asked)), gas: Number(gas) }
    ui.result(result, () => standingView(result))
  })
}
