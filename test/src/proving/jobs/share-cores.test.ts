import { describe, expect, test } from 'vitest'
import { assertThreads } from '../../../../src/cli/options.js'
import { chooseProver } from '../../../../src/proving/choose-prover.js'
import { shareCores } from '../../../../src/proving/jobs/share-cores.js'

describe('cores are shared by processes and their threads (jobs.5)', () => {
  test.each([
    [1, { workers: 1, threads: 1 }],
    [2, { workers: 1, threads: 2 }],
    [7, { workers: 1, threads: 7 }],
    [8, { workers: 2, threads: 4 }],
    [16, { workers: 4, threads: 4 }],
  ])('of %i cores each has one thread', (cores, share) => {
    expect(shareCores({}, cores)).toEqual(share)
  })

  test('what is given is taken, and the rest never asks for more cores than there are', () => {
    for (let cores = 1; cores <= 16; cores++) {
      for (let given = 1; given <= cores; given++) {
        for (const share of [shareCores({ workers: given }, cores), shareCores({ threads: given }, cores)]) {
          expect(Math.min(share.workers, share.threads)).toBeGreaterThanOrEqual(1)
          expect(share.workers * share.threads).toBeLessThanOrEqual(cores)
        }
        expect(shareCores({ workers: given }, cores).workers).toBe(given)
        expect(shareCores({ threads: given }, cores).threads).toBe(given)
      }
    }
    expect(shareCores({ workers: 3, threads: 2 }, 4)).toEqual({ workers: 3, threads: 2 })
    expect(shareCores({ workers: 9 }, 4)).toEqual({ workers: 9, threads: 1 })
  })

  test('only Plimsoll’s own prover is told its threads', () => {
    expect(chooseProver('wasm', 1).name).toBe('wasm')
    expect(chooseProver('snarkjs', 1)).toBe(chooseProver('snarkjs'))
    expect(() => assertThreads({ prover: 'wasm', threads: 1 })).not.toThrow()
    expect(() => assertThreads({ prover: 'snarkjs', threads: undefined })).not.toThrow()
    for (const prover of ['snarkjs', 'command rapidsnark']) {
      expect(() => assertThreads({ prover, threads: 1 })).toThrow(expect.objectContaining({ code: 'USAGE' }))
    }
  })
})
