import { decodeFunctionData } from 'viem'
import { expect, test } from 'vitest'
import { BACKING_REGISTER_ABI } from '../../../src/chain/generated/abi.js'
import { stepsFrom } from '../../../src/chain/publish/steps.js'
import { type Manifest, tableSizesOf, type VerifiedEpoch } from '../../../src/epoch/index.js'
import type { Groth16Proof } from '../../../src/groth16/index.js'
import { FULL_RESERVES, namedInstance } from '../../../src/statements/index.js'
import { STRESS_BOOKS } from '../../helpers/stress-books.js'

const PROOF: Groth16Proof = {
  a: ['1', '2'],
  b: [
    ['3', '4'],
    ['5', '6'],
  ],
  c: ['7', '8'],
}
const HASH = 'ab'.repeat(32)
const REGISTER = `0x${'cd'.repeat(20)}` as const
const INSTANCES = ['ledger-tiny', 'solvency-tiny-stress', 'backing-tiny']

/** An epoch by its shape alone: nothing is sent anywhere. */
const manifest = {
  schema: 'plimsoll/epoch/4',
  ...{ venue: 'Tiny Venue', epoch: '7', riskTable: HASH, previous: 'ef'.repeat(32), riskRoot: '11' },
  target: { chainId: '31337', contract: REGISTER },
  sizes: tableSizesOf(namedInstance('solvency-tiny-stress')),
  keys: Object.fromEntries(INSTANCES.map((name) => [name, { keyHash: HASH, circuitHash: HASH }])),
  parts: {
    ledger: { firstState: '1', state: '2', batches: [{ instance: 'ledger-tiny', count: 1 }] },
    solvency: {
      instance: 'solvency-tiny-stress',
      accountsRoot: '21',
      reservesCommitment: '22',
      policy: '23',
    },
    backing: { instance: 'backing-tiny', evidence: '24', evidenceHash: HASH },
  },
} as unknown as Manifest
const epoch = {
  ...{ manifest, manifestSha256: HASH, table: STRESS_BOOKS.table, policy: FULL_RESERVES },
  proofs: INSTANCES.map((instance) => ({ instance, proof: PROOF, publicSignals: [1n, 2n] })),
} as unknown as VerifiedEpoch
const route = { registry: REGISTER, epoch, number: 7n, scenarios: [], gasLimit: 1_000_000n } as const

test('where backing is still asked for, its proof is brought before that of solvency, and else not (publish.6)', async () => {
  const standing = { state: 'open', batches: 1 } as const
  const kinds = (unbacked: typeof REGISTER | undefined) =>
    [...stepsFrom({ standing, unbacked }, route)].map(({ kind }) => kind)
  expect(kinds(undefined)).toEqual(['finalize'])
  expect(kinds(REGISTER)).toEqual(['back', 'finalize'])

  const [step] = stepsFrom({ standing, unbacked: REGISTER }, route)
  expect(step!.to).toBe(REGISTER)
  expect(decodeFunctionData({ abi: BACKING_REGISTER_ABI, data: step!.data })).toEqual({
    functionName: 'bring',
    args: [
      `0x${HASH}`,
      [1n, 2n, 4n, 3n, 6n, 5n, 7n, 8n],
      {
        ...{ venue: 'Tiny Venue', epoch: 7, reservesCommitment: 22n, evidence: 24n, accountsRoot: 21n },
        ...{ evidenceHash: `0x${HASH}`, riskTable: `0x${HASH}`, previous: `0x${'ef'.repeat(32)}` },
      },
    ],
  })
})
