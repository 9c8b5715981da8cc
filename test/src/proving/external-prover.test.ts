import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyProof } from '../../../src/groth16/index.js'
import {
  type Artifacts,
  chooseProver,
  ensureArtifacts,
  externalProver,
  snarkjsProver,
  terminateProving,
  wasmProver,
} from '../../../src/proving/index.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'

const SNARKJS = new URL('../../../node_modules/snarkjs/build/cli.cjs', import.meta.url).pathname

let folder: string
let artifacts: Artifacts
const { TMPDIR } = process.env
beforeAll(async () => {
  folder = await temporaryFolder()
  process.env.TMPDIR = folder
  const circuitsDir = await writeCircuits(join(folder, 'circuits'))
  artifacts = await ensureArtifacts('product-tiny', { circuitsDir, cacheDir: join(folder, 'cache') })
})
afterAll(async () => {
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  await terminateProving()
  await rm(folder, { recursive: true })
})

/** A program of a few lines; the four paths are in `zkey, wtns, proof, signals`. */
async function program(name: string, body: string): Promise<string> {
  const path = join(folder, `${name}.mjs`)
  await writeFile(
    path,
    `import fs from 'node:fs'\nconst [zkey, wtns, proof, signals] = process.argv.slice(-4)\n${body}`,
  )
  return `${process.execPath} ${path}`
}

/** Folders of proofs: the temporary ones are in this test's own. */
const leftovers = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('plimsoll-proof-'))

describe('a prover that is another program (proof.20)', () => {
  test('gets the paths of key, witness, proof and public signals, in a folder of its owner alone, which is gone afterwards', async () => {
    const seen = join(folder, 'seen.json')
    const prover = externalProver(
      await program(
        'snarkjs',
        `import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
const modes = [dirname(wtns), wtns].map((path) => fs.statSync(path).mode & 0o777)
fs.writeFileSync('${seen}', JSON.stringify({ modes, paths: [zkey, wtns, proof, signals] }))
execFileSync(process.execPath, ['${SNARKJS}', 'groth16', 'prove', zkey, wtns, proof, signals])`,
      ),
    )
    const made = await prover.prove(artifacts, INPUTS)
    expect(await verifyProof(artifacts.verificationKey, made.publicSignals, made.proof)).toBe(true)
    expect(made.publicSignals).toEqual([INPUTS.product, INPUTS.sum])
    const { modes, paths } = JSON.parse(await readFile(seen, 'utf8'))
    expect(modes).toEqual([0o700, 0o600])
    expect(paths[0]).toBe(artifacts.zkey)
    await expect(stat(paths[1])).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await leftovers()).toEqual([])
  })

  test.each<[string, string, string]>([
    ['writes nothing', '', 'no proof was made: the program wrote no proof'],
    ['fails', 'process.exit(7)', 'no proof was made: the program ended with 7'],
    [
      'is killed',
      "process.kill(process.pid, 'SIGKILL')",
      'no proof was made: the program ended with a signal',
    ],
    [
      'writes something else',
      "fs.writeFileSync(proof, '{}'); fs.writeFileSync(signals, '[]')",
      'no proof was made: the program wrote no proof',
    ],
  ])('one that %s is an error, and leaves nothing behind', async (name, body, message) => {
    const prover = externalProver(await program(name.replaceAll(' ', '-'), body))
    await expect(prover.prove(artifacts, INPUTS)).rejects.toMatchObject({ code: 'PROVER_FAILED', message })
    expect(await leftovers()).toEqual([])
  })

  test('a proof of another statement is not taken', async () => {
    const { proof, publicSignals } = await wasmProver.prove(artifacts, INPUTS)
    const written = {
      pi_a: [...proof.a, '1'],
      pi_b: [...proof.b, ['1', '0']],
      pi_c: [...proof.c, '1'],
      protocol: 'groth16',
    }
    const lie = (signals: readonly bigint[]) =>
      `fs.writeFileSync(proof, ${JSON.stringify(JSON.stringify(written))})
fs.writeFileSync(signals, ${JSON.stringify(JSON.stringify(signals.map(String)))})`
    const honest = externalProver(await program('honest', lie(publicSignals)))
    await expect(honest.prove(artifacts, INPUTS), 'control').resolves.toMatchObject({ publicSignals })
    const liar = externalProver(await program('liar', lie([31n, publicSignals[1]!])))
    await expect(liar.prove(artifacts, INPUTS)).rejects.toMatchObject({ code: 'KEY_MISMATCH' })
  })

  test('one that is not there or may not be run is an error', async () => {
    const path = join(folder, 'no-program')
    await expect(externalProver(path).prove(artifacts, INPUTS)).rejects.toMatchObject({
      code: 'PROVER_FAILED',
    })
    await writeFile(path, '')
    await chmod(path, 0o600)
    await expect(externalProver(path).prove(artifacts, INPUTS)).rejects.toMatchObject({
      code: 'PROVER_FAILED',
    })
  })

  test('is named on the command line with its arguments', () => {
    expect(chooseProver('wasm')).toBe(wasmProver)
    expect(chooseProver('snarkjs')).toBe(snarkjsProver)
    expect(chooseProver('command  nice rapidsnark').name).toBe('nice')
    for (const text of ['', 'command', 'command ', 'rapidsnark', 'WASM', 'constructor']) {
      expect(() => chooseProver(text), text).toThrow(expect.objectContaining({ code: 'PROVER_COMMAND' }))
    }
  })
})
