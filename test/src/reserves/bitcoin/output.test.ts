import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { rootOfBranch } from '../../../../src/reserves/bitcoin/branch.js'
import { hash256 } from '../../../../src/reserves/bitcoin/hash256.js'
import {
  addressScript,
  BITCOIN_NETWORKS,
  branchOf,
  HeaderChain,
  type OutputProof,
  readTransaction,
  verifyOutput,
} from '../../../../src/reserves/bitcoin/index.js'
import { isAnybodys } from '../../../../src/reserves/bitcoin/networks.js'
import { HASH_100000, HEADERS_100000, TRANSACTIONS_100000 } from '../../../helpers/bitcoin-blocks.js'
import {
  ADDRESSES,
  little,
  minedHeader,
  REGTEST,
  Regtest,
  rootOf,
  transactionOf,
} from '../../../helpers/regtest.js'

const MAIN = '000000000019d6689c085ae165831e93'
const where = 'evidence.jsonl: line 1'
const main = BITCOIN_NETWORKS.get(MAIN)!
const network = BITCOIN_NETWORKS.get(REGTEST)!

const refusal = (why: string) =>
  expect.objectContaining({ code: 'RESERVES_OUTPUT', message: expect.stringContaining(why) })

describe('block 100,000 of the main chain (reserves.62)', () => {
  const chain = new HeaderChain(MAIN, {
    checkpoints: [{ height: 100_000, hash: HASH_100000, work: main.work }],
    where,
  })
  chain.append(hexToBytes(HEADERS_100000.join('')))
  const hashes = TRANSACTIONS_100000.map(({ raw }) => hash256(hexToBytes(raw)))
  const proof: OutputProof = {
    index: 0,
    height: 100_000,
    transaction: TRANSACTIONS_100000[1].raw,
    position: 1,
    branch: branchOf(hashes, 1).map(bytesToHex),
  }
  /** The address that the first output of its second transaction pays 5.56 to. */
  const address = '1JqDybm2nWTENrHvMyafbSXXtTk5Uv5QAn'
  const at = chain.block(100_000)

  test('its transactions have their names, and its tree their root', () => {
    for (const { id, raw } of TRANSACTIONS_100000) expect(readTransaction(hexToBytes(raw))!.id).toBe(id)
    expect(rootOf(hashes)).toEqual(chain.root(100_000))
    expect(proof.branch).toEqual([
      '876dd0a3ef4a2816ffd1c12ab649825a958b0ff3bb3d6f3e1250f13ddbf0148c',
      '49aef42d78e3e9999c9e6ec9e1dddd6cb880bf3b076a03be1318ca789089308e',
    ])
  })

  test('holds the first output of its second transaction', () => {
    expect(verifyOutput(proof, { chain, at, address, where })).toEqual({
      outpoint: `${TRANSACTIONS_100000[1].id}:0000000000`,
      value: 556_000_000n,
      age: 0,
    })
    const later = verifyOutput(proof, { chain, at: chain.block(100_006), address, where })
    expect(later.age).toBe(chain.time(100_006) - chain.time(100_000))
  })

  test('does not hold it with any byte changed', () => {
    const bytes = hexToBytes(proof.transaction)
    for (let i = 0; i < bytes.length; i++) {
      const flipped = Uint8Array.from(bytes)
      flipped[i]! ^= 1 << (i % 8)
      const changed = { ...proof, transaction: bytesToHex(flipped) }
      expect(() => verifyOutput(changed, { chain, at, address, where }), `byte ${i}`).toThrow(refusal(''))
    }
    for (const [level, hex] of proof.branch.entries()) {
      for (let i = 0; i < 32; i++) {
        const flipped = hexToBytes(hex)
        flipped[i]! ^= 1 << (i % 8)
        const branch = proof.branch.with(level, bytesToHex(flipped))
        expect(() => verifyOutput({ ...proof, branch }, { chain, at, address, where })).toThrow(
          refusal('does not hold'),
        )
      }
    }
  })

  test.each<[string, Partial<OutputProof> & { address?: string }, string]>([
    ['at another place', { position: 3 }, 'does not hold'],
    ['at a place beyond the tree', { position: 5 }, 'beyond the tree'],
    ['with a branch that is too short', { branch: proof.branch.slice(0, 1) }, 'does not hold'],
    ['with a branch that is too long', { branch: [...proof.branch, 'ab'.repeat(32)] }, 'does not hold'],
    ['in another block', { height: 100_001 }, 'after the one that counts'],
    ['in a block that is not there', { height: 99_999 }, 'not among the headers'],
    ['as another output', { index: 1 }, 'pays to another address'],
    ['as an output that is not there', { index: 2 }, 'no such output'],
    ['of another address', { address: '1EYTGtG4LnFfiMvjJdsU7GMGCQvsRSjYhx' }, 'pays to another address'],
    ['as the first of the block', { position: 0 }, 'and no other, pays its miner'],
  ])('does not hold it %s', (_, { address: other = address, ...change }, why) => {
    expect(() => verifyOutput({ ...proof, ...change }, { chain, at, address: other, where })).toThrow(
      refusal(why),
    )
  })
})

describe('an address and the script that pays to it (reserves.63)', () => {
  test.each([
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', '0014751e76e8199196d454941c45d1b3a323f1433bd6'],
    [
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
      '512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
    ],
    ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', '76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac'],
    ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87'],
    [
      'bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3',
      '00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262',
    ],
  ])('%s', (address, script) => {
    expect(bytesToHex(addressScript(main, address)!)).toBe(script)
    for (const other of [...BITCOIN_NETWORKS.values()].filter(({ prefix }) => prefix !== 'bc')) {
      expect(addressScript(other, address)).toBeUndefined()
    }
  })

  test.each([
    ['another checksum', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5'],
    [
      'the first version with the checksum of the later ones',
      'bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47',
    ],
    ['capitals', 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4'],
    ['mixed letters', 'bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ['no address at all', 'satoshi'],
  ])('is none for %s', (_, address) => {
    expect(addressScript(main, address)).toBeUndefined()
  })
})

test('what anybody can spend is nobody’s: a witness program without rules (reserves.63)', () => {
  const regtest = new Regtest()
  const address = 'bcrt1pfeesnyr2tx'
  const script = addressScript(network, address)!
  expect(bytesToHex(script)).toBe('51024e73')
  const output = { script, value: 9n }
  const raw = transactionOf([{ id: 'ab'.repeat(32), index: 0 }], [output, output])
  regtest.mine(1, { transactions: [raw] })
  const chain = new HeaderChain(REGTEST, { where })
  chain.append(regtest.headers())
  const proof = regtest.proof(readTransaction(raw)!.id, 0)
  expect(() => verifyOutput(proof, { chain, at: chain.block(1), address, where })).toThrow(
    refusal('anybody can spend'),
  )
  expect(bytesToHex(addressScript(main, 'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs')!)).toBe(
    '5210751e76e8199196d454941c45d1b3a323',
  )
  for (const known of Object.values(ADDRESSES)) expect(isAnybodys(addressScript(network, known)!)).toBe(false)
})

describe('outputs of a chain of regtest (reserves.62)', () => {
  const regtest = new Regtest()
  regtest.mine(110)
  const payments = Object.values(ADDRESSES).map((address, i) => ({ address, value: BigInt(1000 + i) }))
  const paid = regtest.pay(payments, { witness: true })
  regtest.mine(2, { transactions: [paid, regtest.pay(payments)], to: ADDRESSES.p2wpkh })
  const { id } = readTransaction(paid)!
  const chain = new HeaderChain(REGTEST, { where })
  chain.append(regtest.headers())
  const at = chain.block(112)
  const verify = (proof: OutputProof, address: string, other: object = {}) =>
    verifyOutput(proof, { chain, at, address, where, ...other })

  test.each(Object.entries(ADDRESSES).map(([form, address], index) => [form, address, index] as const))(
    'one that pays to %s counts for its address and for no other',
    (_, address, index) => {
      const proof = regtest.proof(id, index)
      const { value, age } = verify(proof, address)
      expect([value, age]).toEqual([BigInt(1000 + index), 600])
      const strangers = Object.values(ADDRESSES).filter((other) => other !== address)
      for (const other of strangers) {
        expect(() => verify(proof, other)).toThrow(refusal('pays to another address'))
      }
    },
  )

  test('a transaction goes by its bytes without witnesses, and stands there without them', () => {
    const proof = regtest.proof(id, 0)
    expect(() => verify({ ...proof, transaction: bytesToHex(paid) }, ADDRESSES.p2pkh)).toThrow(
      refusal('with its witnesses'),
    )
    expect(readTransaction(paid)!.id).toBe(readTransaction(hexToBytes(proof.transaction))!.id)
  })

  test('R06: of a block with three transactions the third one counts at its own place alone', () => {
    const third = readTransaction(regtest.blocks[111]!.transactions[2]!.raw)!
    const proof = regtest.proof(third.id, 0)
    expect([proof.position, regtest.blocks[111]!.transactions.length]).toEqual([2, 3])
    expect(verify(proof, ADDRESSES.p2pkh).value).toBe(1000n)
    expect(() => verify({ ...proof, position: 3 }, ADDRESSES.p2pkh)).toThrow(
      refusal('the position is that of a copy'),
    )
  })

  test('what pays a miner counts after a hundred blocks', () => {
    const [coinbase] = regtest.blocks[13]!.transactions
    const proof = regtest.proof(coinbase!.id, 0)
    expect(verify(proof, ADDRESSES.p2wsh).value).toBe(5_000_000_000n)
    const young = regtest.proof(regtest.blocks[14]!.transactions[0]!.id, 0)
    expect(() => verify(young, ADDRESSES.p2wsh)).toThrow(refusal('before 100 blocks have passed'))
  })

  test('an output of a block behind the one that counts does not count', () => {
    const proof = regtest.proof(id, 0)
    expect(() => verify(proof, ADDRESSES.p2pkh, { at: chain.block(110) })).toThrow(
      refusal('after the one that counts'),
    )
    expect(verify(proof, ADDRESSES.p2pkh, { at: chain.block(111) }).age).toBe(0)
  })
})

describe('a transaction and a node are never taken for each other (reserves.62)', () => {
  const regtest = new Regtest()
  const address = ADDRESSES.p2pkh
  const { tip } = regtest
  /** 64 bytes that are a transaction: one input without a script, one output with a script of four bytes. */
  const twofold = transactionOf(
    [{ id: 'ab'.repeat(32), index: 0 }],
    [{ script: Uint8Array.of(1, 2, 3, 4), value: 0n }],
  )
  const coinbase = transactionOf(
    [{ id: '0'.repeat(64), index: 0xffff_ffff, script: little(1, 2) }],
    [{ script: addressScript(network, address)!, value: 7n }],
  )

  function chainOf(root: Uint8Array) {
    const chain = new HeaderChain(REGTEST, { where })
    chain.append(concatBytes(regtest.headers(), minedHeader(tip.hash, root, tip.time + 600)))
    return chain
  }

  test('R07: a transaction of 64 bytes, whose half could be the hash of one that never was, is no node', () => {
    expect(twofold).toHaveLength(64)
    const [half, forged] = [twofold.slice(0, 32), twofold.slice(32)]
    const first = hash256(coinbase)
    expect(rootOfBranch(forged, 3, [half, first])).toBe('a node of the branch is a transaction')
    // The control: the steps lead to the root of a block that has just the two transactions.
    const root = rootOf([first, hash256(twofold)])
    expect(hash256(concatBytes(first, hash256(concatBytes(half, forged))))).toEqual(root)
    const other = Uint8Array.from(half)
    other[4] = 2
    expect(rootOfBranch(forged, 3, [other, first])).toBeInstanceOf(Uint8Array)
  })

  test('R07: a node that is shown as a transaction is refused by its length', () => {
    const proof = { index: 0, height: 1, transaction: bytesToHex(twofold), position: 0, branch: [] }
    const chain = chainOf(hash256(twofold))
    const at = { ...chain.block(1), height: 100 }
    expect(() => verifyOutput(proof, { chain, at, address, where })).toThrow(
      refusal('64 bytes could be a node'),
    )
    // The control: one that is longer counts.
    const shown = { ...proof, transaction: bytesToHex(coinbase) }
    const honest = chainOf(hash256(coinbase))
    expect(verifyOutput(shown, { chain: honest, at, address, where }).value).toBe(7n)
  })
})

describe('the bytes of a transaction (reserves.62)', () => {
  const plain = transactionOf([{ id: 'ab'.repeat(32), index: 1 }], [{ script: new Uint8Array(3), value: 5n }])
  const witness = transactionOf(
    [{ id: 'ab'.repeat(32), index: 1 }],
    [{ script: new Uint8Array(3), value: 5n }],
    new Uint8Array(9),
  )
  const spliced = (bytes: Uint8Array, at: number, removed: number, ...added: number[]) =>
    concatBytes(bytes.subarray(0, at), Uint8Array.from(added), bytes.subarray(at + removed))

  test('are read in one way', () => {
    expect(readTransaction(plain)).toMatchObject({ isCoinbase: false, outputs: [{ value: 5n }] })
    expect(readTransaction(witness)!.stripped).toEqual(plain)
  })

  test.each([
    ['a byte behind it', spliced(plain, plain.length, 0, 0)],
    ['a byte too few', plain.subarray(0, -1)],
    ['nothing', new Uint8Array()],
    ['a count in a longer form', spliced(plain, 4, 1, 0xfd, 1, 0)],
    ['a count of more than there is', spliced(plain, 4, 1, 0xfe, 0xff, 0xff, 0xff, 0xff)],
    ['no input', spliced(plain, 4, 42, 0)],
    ['no output', spliced(plain, 46, 13, 0)],
    ['more coins than there are', spliced(plain, 47, 8, ...little(2_100_000_000_000_001n, 8))],
    ['witnesses that no mark announces', spliced(witness, 4, 2)],
    ['witnesses that are all empty', spliced(witness, witness.length - 15, 11, 0)],
    [
      'more coins in all than there are',
      transactionOf(
        [{ id: 'ab'.repeat(32), index: 1 }],
        [2_100_000_000_000_000n, 1n].map((value) => ({ script: new Uint8Array(), value })),
      ),
    ],
    [
      'an input of none beside another',
      transactionOf(
        [
          { id: 'ab'.repeat(32), index: 1 },
          { id: '0'.repeat(64), index: 0xffff_ffff },
        ],
        [{ script: new Uint8Array(), value: 1n }],
      ),
    ],
  ])('are refused with %s', (_, bytes) => {
    expect(readTransaction(bytes)).toBeUndefined()
  })
})
