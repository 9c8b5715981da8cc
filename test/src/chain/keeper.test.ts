import type { Address, Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  ACCESS,
  type AccessContract,
  assertKeeperCall,
  KEEPER_CALLS,
  KEEPER_NAMES,
  keeperAccount,
  selectorsOf,
} from '../../../src/chain/index.js'

const CONTRACTS = {
  circuitBreaker: `0x${'b0'.repeat(20)}` as Address,
  riskRegister: `0x${'c0'.repeat(20)}` as Address,
}
const ARGUMENTS = '00'.repeat(64)

describe('a keeper calls what is for anyone, and nothing else (watch.26)', () => {
  test('every call of the list is public in the table of accesses, in no role and no operator’s', () => {
    const listed = Object.entries(KEEPER_CALLS) as [AccessContract, readonly string[]][]
    expect(listed.flatMap(([of, names]) => names.map((name) => `${of}.${name}`))).toEqual([...KEEPER_NAMES])
    for (const [contract, names] of listed) {
      const { public: open, operator, restricted } = ACCESS[contract]
      const governed = selectorsOf(contract, [...operator, ...Object.values(restricted).flat()])
      for (const name of names) {
        expect(open, name).toContain(name)
        // By what a contract goes by: two functions could share a name.
        expect(governed).not.toContain(selectorsOf(contract, [name])[0])
      }
    }
  })

  test('no other function of any contract is signed, whoever asks for it', async () => {
    const account = keeperAccount(`0x${'11'.repeat(32)}`)
    const fees = { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }
    const signing = (to: Address, data: Hex) =>
      account.sign({ chainId: 1 } as never, CONTRACTS, { to, data }, { nonce: 0, gas: 1n, fees }).then(
        () => 'signed',
        ({ code }) => code,
      )
    let refused = 0
    for (const contract of Object.keys(ACCESS) as AccessContract[]) {
      const writes = (
        ACCESS[contract].abi as readonly { type: string; name?: string; stateMutability?: string }[]
      ).flatMap(({ type, name, stateMutability }) =>
        type === 'function' && stateMutability !== 'view' && stateMutability !== 'pure' ? [name] : [],
      )
      for (const name of writes as string[]) {
        const [selector] = selectorsOf(contract, [name])
        for (const [of, to] of Object.entries(CONTRACTS)) {
          const isListed = contract === of && (KEEPER_NAMES as readonly string[]).includes(`${of}.${name}`)
          // A function of another contract with the same name and arguments is the same call.
          const names = KEEPER_CALLS[of as keyof typeof KEEPER_CALLS]
          const isSame = selectorsOf(of as AccessContract, names).includes(selector!)
          const outcome = await signing(to, `${selector}${ARGUMENTS}` as Hex)
          expect(outcome, `${contract}.${name} at ${of}`).toBe(
            isListed || isSame ? 'signed' : 'ACT_FORBIDDEN',
          )
          if (!isListed && !isSame) refused++
        }
        expect(await signing(`0x${'d0'.repeat(20)}`, `${selector}${ARGUMENTS}` as Hex)).toBe('ACT_FORBIDDEN')
      }
    }
    expect(refused).toBeGreaterThan(50)
    for (const data of ['0x', '0x12345678', `0x${'ff'.repeat(3)}`] as const) {
      expect(() => assertKeeperCall(CONTRACTS, { to: CONTRACTS.circuitBreaker, data })).toThrow(/not a call/)
    }
  })
})
