import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { removeOnExit, runProgram } from '../files/index.js'
import { type Proven, randomness } from '../groth16/index.js'
import { fieldElementSchema, parseJsonAs } from '../schema/index.js'
import { calculateWitness } from './circuit-witness.js'
import type { Prover } from './prover.js'
import { proverFailed } from './prover-failed.js'
import { seal } from './seal.js'

/** A proof as snarkjs and rapidsnark write it: points have a third coordinate, and fields say what it is. */
const proofSchema = z.object({
  pi_a: z.tuple([z.string(), z.string()], z.string()),
  pi_b: z.tuple(
    [z.tuple([z.string(), z.string()]), z.tuple([z.string(), z.string()])],
    z.tuple([z.string(), z.string()]),
  ),
  pi_c: z.tuple([z.string(), z.string()], z.string()),
})
const signalsSchema = z.array(fieldElementSchema)

/**
 * Proves with another program, such as rapidsnark. It is started without a shell, with the paths of four
 * files as its last arguments: the proving key, the witness, and the proof and the public signals that it is
 * to write, in snarkjs's formats. The witness, which has every private value, lies in a folder that only its
 * owner can read, and is removed at the end, whatever that is. The proof is verified, and then made another
 * with fresh randomness, before it is returned.
 *
 * @param command the program and what comes before the paths, split at spaces
 * @throws {InputError} `PROVER_COMMAND` when there is no program
 * @example
 * const prover = externalProver('rapidsnark')
 */
export function externalProver(command: string): Prover {
  const [program, ...args] = command.split(/\s+/).filter((word) => word !== '')
  if (program === undefined) {
    throw new InputError('PROVER_COMMAND', 'there is no program in the command', {
      hint: 'Name a prover that takes the paths of a key, a witness, a proof and the public signals.',
    })
  }
  return {
    name: program,
    async prove(artifacts, inputs) {
      randomness()
      const witness = await calculateWitness(artifacts, inputs)
      const folder = await mkdtemp(join(tmpdir(), 'plimsoll-proof-'))
      const remove = removeOnExit(folder)
      try {
        const path = (name: string) => join(folder, name)
        await writeFile(path('witness.wtns'), witness, { mode: 0o600, flag: 'wx' })
        witness.fill(0)
        const paths = [artifacts.zkey, path('witness.wtns'), path('proof.json'), path('public.json')]
        const { code } = await runProgram(program, [...args, ...paths]).catch((cause: unknown) => {
          throw proverFailed('the program did not start', cause)
        })
        if (code !== 0) throw proverFailed(`the program ended with ${code ?? 'a signal'}`)
        return await seal(artifacts, await readProven(path('proof.json'), path('public.json')))
      } finally {
        remove()
      }
    },
  }
}

async function readProven(proof: string, signals: string): Promise<Proven> {
  try {
    const { pi_a, pi_b, pi_c } = parseJsonAs(await readFile(proof, 'utf8'), proofSchema, 'the proof')
    const values = parseJsonAs(await readFile(signals, 'utf8'), signalsSchema, 'the public signals')
    return {
      proof: { a: [pi_a[0], pi_a[1]], b: [pi_b[0], pi_b[1]], c: [pi_c[0], pi_c[1]] },
      publicSignals: values.map(BigInt),
    }
  } catch (cause) {
    throw proverFailed('the program wrote no proof', cause)
  }
}
