import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { simulatedKey } from '../../../scripts/simulated-proofs.js'
import { type ProofFile, proofFile } from '../../../src/bundle/index.js'
import { toField } from '../../../src/field/index.js'
import { verificationKeyHash } from '../../../src/groth16/index.js'
import type { Artifacts } from '../../../src/proving/index.js'
import { shippedInstances } from '../../../src/statements/index.js'
import { FinishedProofs } from '../../../src/venue/finished-proofs.js'
import { temporaryFolder } from '../../helpers/cli.js'

let drawn = 0
const draw = () => toField(BigInt(`0x${createHash('sha256').update(`${drawn++}`).digest('hex')}`))
const COUNT = 130
const folder = temporaryFolder()
const pathOf = (index: number) => join(folder, `${index}.json`)
const keyOf = (name: string) => {
  const { verificationKey, prove } = simulatedKey([draw(), draw(), draw()], draw)
  const artifacts = {
    instance: shippedInstances().find((each) => each.name === name)!,
    keyHash: verificationKeyHash(verificationKey),
  }
  return { prove, artifacts: { ...artifacts, verificationKey } as unknown as Artifacts }
}
const keys = { 'ledger-tiny': keyOf('ledger-tiny'), 'ledger-tiny-wide': keyOf('ledger-tiny-wide') }
type Name = keyof typeof keys
/** The first sixty batches are of one instance, the others of another. */
const batches = [
  { instance: 'ledger-tiny', count: 60 },
  { instance: 'ledger-tiny-wide', count: COUNT - 60 },
]
const nameOf = (index: number): Name => (index < 60 ? 'ledger-tiny' : 'ledger-tiny-wide')
const states = Array.from({ length: COUNT + 1 }, draw)

test('finished proofs are kept that verify for their place, and no others: of each, what is wrong counts (epoch.8, proof.16)', async () => {
  const made = (index: number, name = nameOf(index), of = index): ProofFile => {
    const { prove, artifacts } = keys[name]
    return proofFile(artifacts, prove([states[of]!, states[of + 1]!]))
  }
  const files = new Map<number, unknown>(Array.from({ length: COUNT }, (_, i) => [i, made(i)]))
  const wrong: Record<number, unknown> = {
    // Of another place, of another instance, of another key, and one that does not verify.
    3: made(3, 'ledger-tiny', 4),
    20: made(20, 'ledger-tiny-wide'),
    63: { ...made(63), keyHash: keys['ledger-tiny'].artifacts.keyHash },
    64: { ...made(64), proof: made(65).proof },
    100: { ...made(100), statement: 'solvency' },
    127: { ...made(127), proof: {} },
    128: { ...made(128), signals: { ...made(128).signals, stateAfter: '1' } },
  }
  for (const [index, file] of Object.entries(wrong)) files.set(Number(index), file)
  const missing = [0, 77, 129]
  for (const index of missing) files.delete(index)
  for (const [index, file] of files) writeFileSync(pathOf(index), JSON.stringify(file))
  writeFileSync(pathOf(78), 'no proof')

  const asked: string[] = []
  const artifacts = async (name: string) => {
    asked.push(name)
    return keys[name as Name].artifacts
  }
  const finished = new FinishedProofs(pathOf, { batches, states, artifacts })
  const refused: number[] = []
  for (let index = 0; index < COUNT; index++) if (!(await finished.holds(index))) refused.push(index)
  expect(refused).toEqual([0, 3, 20, 63, 64, 77, 78, 100, 127, 128, 129])
  // Proofs are verified by the 64: artifacts are not asked for once a batch.
  expect(asked.length).toBeLessThan(6)
  expect(await finished.holds(1)).toBe(true)
  expect(await finished.holds(3)).toBe(false)
})
