import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { verifyProof } from '../../../../src/groth16/index.js'
import { calculateWitness, ensureArtifacts } from '../../../../src/proving/index.js'
import { witnessBytes } from '../../../../src/proving/witness.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../../../helpers/proving-circuits.js'

const ROOM = fileURLToPath(new URL('../../../../src/proving/wasm', import.meta.url))

test('the core of the prover is bundled for a browser without a shim, and proves there without threads (proof.22)', async () => {
  const folder = await temporaryFolder()
  try {
    const circuitsDir = await writeCircuits(join(folder, 'circuits'))
    const artifacts = await ensureArtifacts('product-tiny', { circuitsDir, cacheDir: join(folder, 'cache') })
    const { outputFiles } = await build({
      stdin: {
        contents: `export { Groth16Prover } from './prover.ts'
export { openProvingKey } from './proving-key.ts'`,
        resolveDir: ROOM,
      },
      bundle: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'plimsoll',
      write: false,
      logLevel: 'silent',
    })
    const { TextDecoder, TextEncoder, atob, btoa, crypto, setTimeout } = globalThis
    const zkey = new Uint8Array(readFileSync(artifacts.zkey))
    const witness = witnessBytes(await calculateWitness(artifacts, INPUTS))
    const page = createContext({ TextDecoder, TextEncoder, atob, btoa, crypto, setTimeout, zkey, witness })
    runInContext(outputFiles[0]!.text, page)
    const made = await (runInContext(
      `(async () => {
        const where = 'the page'
        const read = async (at, into) => into.set(zkey.subarray(at, at + into.length))
        const key = await plimsoll.openProvingKey({ where, size: zkey.length, read })
        const { proof, publicSignals } = await new plimsoll.Groth16Prover(undefined, 0).prove(key, witness)
        return JSON.stringify({ proof, publicSignals: publicSignals.map(String) })
      })()`,
      page,
    ) as Promise<string>)
    const { proof, publicSignals } = JSON.parse(made)
    expect(publicSignals).toEqual([INPUTS.product, INPUTS.sum].map(String))
    expect(await verifyProof(artifacts.verificationKey, publicSignals.map(BigInt), proof)).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})
