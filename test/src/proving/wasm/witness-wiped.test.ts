import { expect, test } from 'vitest'
import { Groth16Prover } from '../../../../src/proving/wasm/prover.js'
import type { ProvingKey } from '../../../../src/proving/wasm/proving-key.js'

test('a witness that does not fit the key is wiped like any other (proof.19)', async () => {
  const prover = new Groth16Prover(undefined, 1)
  const key = { source: { where: 'proving.zkey' }, wires: 3 } as ProvingKey
  const witness = new Uint8Array(64).fill(7)
  const attempt = prover.prove(key, witness)
  await expect(attempt).rejects.toMatchObject({ code: 'KEY_MISMATCH', where: 'proving.zkey' })
  expect(witness.every((byte) => byte === 0)).toBe(true)
})
