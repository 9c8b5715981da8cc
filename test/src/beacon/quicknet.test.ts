import { expect, test } from 'vitest'
import { roundRandomness, roundTime } from '../../../src/beacon/index.js'
import { ROUND } from '../../helpers/ceremony.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test("the randomness of a round comes of the network's signature of that round alone (ceremony.5)", async () => {
  expect(hex(await roundRandomness(ROUND.number, ROUND.signature))).toBe(ROUND.randomness)
  const wrong: [number, string][] = [
    [ROUND.number + 1, ROUND.signature],
    [ROUND.number, ROUND.signature.replace(/^b/, '9')],
    [ROUND.number, 'c0'.padEnd(96, '0')],
    [ROUND.number, ROUND.signature.slice(2)],
    [ROUND.number, ''],
  ]
  for (const [round, signature] of wrong) {
    await expect(roundRandomness(round, signature)).rejects.toMatchObject({ code: 'BEACON_SIGNATURE' })
  }
})

test('rounds come every three seconds from the first one on (ceremony.5)', () => {
  expect(new Date(roundTime(1) * 1000).toISOString()).toBe('2023-08-23T15:09:27.000Z')
  expect(roundTime(1001) - roundTime(1)).toBe(3_000)
})
