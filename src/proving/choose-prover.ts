import { InputError } from '../errors/index.js'
import { externalProver } from './external-prover.js'
import type { Prover } from './prover.js'
import { snarkjsProver } from './snarkjs-prover.js'
import { wasmProver } from './wasm-prover.js'

const PROVERS = { wasm: wasmProver, snarkjs: snarkjsProver }
const COMMAND = /^command\s+(.+)$/

/**
 * The prover that a text names: `wasm`, `snarkjs`, or `command` and a program with its arguments.
 *
 * @throws {InputError} `PROVER_COMMAND`
 */
export function chooseProver(text: string): Prover {
  if (Object.hasOwn(PROVERS, text)) return PROVERS[text as keyof typeof PROVERS]
  const [, command] = COMMAND.exec(text) ?? []
  if (command !== undefined) return externalProver(command)
  throw new InputError('PROVER_COMMAND', 'not a prover', {
    where: '--prover',
    hint: "Write wasm, snarkjs, or 'command' and a program with its arguments, such as 'command rapidsnark'.",
  })
}
