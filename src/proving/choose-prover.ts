import { InputError } from '../errors/index.js'
import { externalProver } from './external-prover.js'
import type { Prover } from './prover.js'
import { snarkjsProver } from './snarkjs-prover.js'
import { wasmProver, wasmProverOn } from './wasm-prover.js'

const PROVERS = { wasm: wasmProver, snarkjs: snarkjsProver }
const COMMAND = /^command\s+(.+)$/

/**
 * The prover that a text names: `wasm`, `snarkjs`, or `command` and a program with its arguments.
 *
 * @param threads of Plimsoll's own prover, default one for each core; the others choose for themselves
 * @throws {InputError} `PROVER_COMMAND`
 */
export function chooseProver(text: string, threads?: number): Prover {
  if (text === 'wasm' && threads !== undefined) return wasmProverOn(threads)
  if (Object.hasOwn(PROVERS, text)) return PROVERS[text as keyof typeof PROVERS]
  const [, command] = COMMAND.exec(text) ?? []
  if (command !== undefined) return externalProver(command)
  throw new InputError('PROVER_COMMAND', 'not a prover', {
    where: '--prover',
    hint: "Write wasm, snarkjs, or 'command' and a program with its arguments, such as 'command rapidsnark'.",
  })
}
