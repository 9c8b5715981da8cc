import { secp256k1 } from '@noble/curves/secp256k1.js'
import { base58 } from '@scure/base'
import { RawTx, RawWitness, Script, Transaction } from '@scure/btc-signer'
import { describe, expect, test } from 'vitest'
import {
  type AccountName,
  bip322OfPsbts,
  bip322Psbt,
  type Control,
  controlSchema,
  eip1271Call,
  movementAmount,
  movementDigest,
  reservesTypedData,
  verifyControl,
} from '../../../src/reserves/index.js'
import {
  accountOf,
  bitcoinAccount,
  evmAccount,
  fundingOf,
  idOf,
  keyOf,
  multisigScript,
  offChain,
  PAYMENTS,
  publicKey,
  SIGNED,
  SOLANA,
  signBip322,
  signCompact,
  signEd25519,
  signTron,
  solanaAccount,
  statementOf,
  textOf,
  tronAccount,
  wallet,
} from '../../helpers/control.js'

const CASES = Object.entries(SIGNED)
const ORDER = secp256k1.CURVE.n
const judge = (control: Control, account: AccountName, text = textOf(account), context = {}) =>
  verifyControl(control, { account, text, ...context })
const statusOf = (...given: Parameters<typeof judge>) => judge(...given).status

/** The other form of a signature: `s` on the other half of the curve, and the other recovery bit. */
const otherHalf = (signature: string) => {
  const s = (ORDER - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
  return `${signature.slice(0, 66)}${s}${signature.endsWith('1b') ? '1c' : '1b'}`
}

describe('control of an account is shown by its own signature over its own text (reserves.20)', () => {
  test.each(CASES)('%s', async (_, { account, sign }) => {
    const control = await sign(textOf(account))
    expect(controlSchema.parse(control)).toEqual(control)
    expect(judge(control, account)).toMatchObject({ status: 'valid', class: 'proven' })
  })

  test.each(CASES)('R10: %s over any other text is invalid', async (_, { account, sign }) => {
    const control = await sign(textOf(account))
    const others = [
      textOf(account, { venue: 'Other' }),
      textOf(account, { epoch: '2026-08' }),
      textOf(account, { challenge: 'c1'.repeat(32) }),
      textOf(account, { holdsFor: 'insurance' }),
      textOf(account, { account: evmAccount(2).id }),
    ]
    expect(statusOf(control, account)).toBe('valid')
    expect(others.map((text) => statusOf(control, account, text))).toEqual(others.map(() => 'invalid'))
  })

  test('R11: a signature of one account is none of another, also where the other signed it itself', async () => {
    const others: [Control, AccountName][] = [
      [
        {
          kind: 'bip322',
          signature: signBip322(PAYMENTS.p2wpkh(), textOf(bitcoinAccount(PAYMENTS.p2wpkh(2))), 'smp'),
        },
        bitcoinAccount(PAYMENTS.p2wpkh(2)),
      ],
      [
        { kind: 'bitcoin-message', signatures: [signCompact(1, textOf(bitcoinAccount(PAYMENTS.p2pkh(2))))] },
        bitcoinAccount(PAYMENTS.p2pkh(2)),
      ],
      [
        { kind: 'eip191', signature: await wallet(1).signMessage({ message: textOf(evmAccount(2)) }) },
        evmAccount(2),
      ],
      [{ kind: 'tron', signature: signTron(1, textOf(tronAccount(2))) }, tronAccount(2)],
      [
        {
          kind: 'ed25519-raw',
          form: 'raw',
          signature: base58.encode(signEd25519(1, Buffer.from(textOf(solanaAccount(2))))),
        },
        solanaAccount(2),
      ],
    ]
    expect(others.map(([control, account]) => statusOf(control, account))).toEqual(
      others.map(() => 'invalid'),
    )
  })

  test('a kind of control is for its own chains', async () => {
    const { account, sign } = SIGNED.eip191!
    const control = await sign(textOf(account))
    expect(judge(control, tronAccount(1))).toMatchObject({
      status: 'invalid',
      why: /not for accounts of tron/,
    })
  })

  test('typed data are the fields of the one text, and of its chain', async () => {
    const { account, sign } = SIGNED.eip712!
    const control = await sign(textOf(account))
    expect(judge(control, account, 'another text')).toMatchObject({ status: 'invalid' })
    expect(statusOf(control, evmAccount(1, 1))).toBe('invalid')
    // The domain has the chain: fields of one chain under the domain of another are signed by nobody.
    const data = reservesTypedData(statementOf(account))
    const domain = { ...data.domain, chainId: 1n }
    const signature = await wallet(1).signTypedData({ ...data, domain })
    expect(statusOf({ kind: 'eip712', signature }, account)).toBe('invalid')
  })
})

describe('a signature has one form (reserves.21)', () => {
  test('R12: EVM and Tron: 27 or 28, the lower s, 65 bytes', async () => {
    const signature = await wallet(1).signMessage({ message: textOf(evmAccount(1)) })
    const tron = signTron(1, textOf(tronAccount(1)))
    for (const kind of ['eip191', 'eip712', 'tron'] as const) {
      const given = kind === 'tron' ? tron : signature
      expect(controlSchema.safeParse({ kind, signature: given }).success).toBe(true)
      const last = given.endsWith('1b') ? '00' : '01'
      for (const form of [given.slice(0, -2) + last, given.toUpperCase(), given.slice(0, -2), `${given}00`]) {
        expect(controlSchema.safeParse({ kind, signature: form }).success).toBe(false)
      }
    }
    expect(statusOf({ kind: 'eip191', signature }, evmAccount(1))).toBe('valid')
    expect(statusOf({ kind: 'eip191', signature: otherHalf(signature) }, evmAccount(1))).toBe('invalid')
    expect(statusOf({ kind: 'tron', signature: tron }, tronAccount(1))).toBe('valid')
    expect(statusOf({ kind: 'tron', signature: otherHalf(tron) }, tronAccount(1))).toBe('invalid')
  })

  test('R12: Bitcoin messages: a first byte from 27 to 42 that fits the address, and the lower s', () => {
    const statusWith = (account: AccountName, header: number, highS = false) =>
      statusOf(
        { kind: 'bitcoin-message', signatures: [signCompact(1, textOf(account), { header, highS })] },
        account,
      )
    const headers = [23, 27, 31, 35, 39, 43]
    const over = (account: AccountName) => headers.map((header) => statusWith(account, header) === 'valid')
    expect(over(bitcoinAccount(PAYMENTS.p2pkh()))).toEqual([false, false, true, false, false, false])
    expect(over(bitcoinAccount(PAYMENTS.nested()))).toEqual([false, false, true, true, false, false])
    expect(over(bitcoinAccount(PAYMENTS.p2wpkh()))).toEqual([false, false, true, false, true, false])
    expect(statusWith(bitcoinAccount(PAYMENTS.p2pkh()), 31, true)).toBe('invalid')
  })

  test('R12: ed25519: keys for which anyone can sign are refused', () => {
    // The point (0, 1): a signature of R = the point and s = 0 holds for every text by the loose rules.
    const weak = Uint8Array.of(1, ...new Uint8Array(31))
    const account = accountOf(`${SOLANA}:${base58.encode(weak)}`)
    const signature = base58.encode(Uint8Array.of(...weak, ...new Uint8Array(32)))
    expect(statusOf({ kind: 'ed25519-raw', form: 'raw', signature }, account)).toBe('invalid')
  })

  test('ed25519: the form that is named is the form that was signed', () => {
    const account = solanaAccount(1)
    const text = textOf(account)
    const signature = base58.encode(signEd25519(1, offChain(text)))
    expect(statusOf({ kind: 'ed25519-raw', form: 'solana-off-chain', signature }, account)).toBe('valid')
    expect(statusOf({ kind: 'ed25519-raw', form: 'raw', signature }, account)).toBe('invalid')
  })

  test('R12: BIP-322: strict DER, the lower s, the whole transaction, nothing besides', () => {
    const payment = PAYMENTS.p2wpkh()
    const account = bitcoinAccount(payment)
    const good = signBip322(payment, textOf(account), 'smp')
    const stack = RawWitness.decode(Buffer.from(good.slice(3), 'base64'))
    const smp = (witness: Uint8Array[]) => `smp${Buffer.from(RawWitness.encode(witness)).toString('base64')}`
    const [signature, key] = stack as [Uint8Array, Uint8Array]
    const { r, s } = secp256k1.Signature.fromDER(signature.subarray(0, -1))
    const high = new secp256k1.Signature(r, ORDER - s).toDERRawBytes()
    const judgeForm = (form: string) => statusOf({ kind: 'bip322', signature: form }, account)
    expect(judgeForm(good)).toBe('valid')
    expect(judgeForm(good.slice(3))).toBe('valid')
    const forms = [
      smp([Uint8Array.of(...high, 1), key]),
      smp([Uint8Array.of(...signature.subarray(0, -1), 2), key]),
      smp([Uint8Array.of(...signature.subarray(0, -1), 0x81), key]),
      smp([signature, key, new Uint8Array()]),
      smp([new Uint8Array(), signature, key]),
      smp([signature, secp256k1.ProjectivePoint.fromHex(key).toRawBytes(false)]),
      `smp${Buffer.concat([Buffer.from(good.slice(3), 'base64'), Buffer.alloc(1)]).toString('base64')}`,
      `ful${good.slice(3)}`,
      `pof${good.slice(3)}`,
      'smp',
    ]
    expect(forms.map(judgeForm)).toEqual(forms.map(() => 'invalid'))
    for (const sighash of [2, 3, 0x81]) {
      expect(judgeForm(signBip322(payment, textOf(account), 'smp', { sighash }))).toBe('invalid')
    }
  })
})

describe('a multisig takes as many different keys as its script asks for (reserves.22)', () => {
  const account = bitcoinAccount(PAYMENTS.multisig('p2wsh'))
  const text = textOf(account)
  const message = (keys: readonly number[], script = multisigScript()) =>
    judge({ kind: 'bitcoin-message', signatures: keys.map((n) => signCompact(n, text)), script }, account)

  test('two of three keys, in any order, and all three', () => {
    expect(message([1, 2])).toMatchObject({ status: 'valid', facts: { keys: { signed: 2, needed: 2 } } })
    expect(message([3, 1]).status).toBe('valid')
    expect(message([1, 2, 3]).status).toBe('valid')
  })

  test('R13: one signature twice, or two of one key, count once', () => {
    expect(message([1, 1])).toMatchObject({ status: 'invalid', why: '1 different keys signed where 2 must' })
    const uncompressed = signCompact(1, text, { header: 27 })
    const signatures = [signCompact(1, text), uncompressed]
    const control: Control = { kind: 'bitcoin-message', signatures, script: multisigScript() }
    expect(judge(control, account).status).toBe('invalid')
  })

  test('one key, a strange key and another script are refused', () => {
    expect(message([1]).status).toBe('invalid')
    expect(message([1, 4])).toMatchObject({ status: 'invalid', why: /not of one of the script's keys/ })
    expect(message([1, 4], multisigScript([1, 4, 3]))).toMatchObject({
      why: "the script is not this address's",
    })
    expect(judge({ kind: 'bitcoin-message', signatures: [signCompact(1, text)] }, account).status).toBe(
      'invalid',
    )
  })

  test('R13: BIP-322: one signature in two places, in another order, or too few', () => {
    const payment = PAYMENTS.multisig('p2wsh')
    const good = signBip322(payment, text, 'smp', { keys: [1, 2] })
    const [empty, first, second, script] = RawWitness.decode(
      Buffer.from(good.slice(3), 'base64'),
    ) as Uint8Array[]
    const statusWith = (witness: (Uint8Array | undefined)[]) =>
      statusOf(
        {
          kind: 'bip322',
          signature: `smp${Buffer.from(RawWitness.encode(witness as Uint8Array[])).toString('base64')}`,
        },
        account,
      )
    expect(statusWith([empty, first, second, script])).toBe('valid')
    expect(statusWith([empty, first, first, script])).toBe('invalid')
    expect(statusWith([empty, second, first, script])).toBe('invalid')
    expect(statusWith([empty, first, script])).toBe('invalid')
    expect(statusWith([first, first, second, script])).toBe('invalid')
  })

  test('R13: a contract wallet: different owners, and nothing without the proof of who they are', async () => {
    const owner = (n: number) => wallet(n).address.toLowerCase()
    const contract = accountOf(`eip155:1:0x${'ab'.repeat(20)}`)
    const sign = (n: number) => wallet(n).signMessage({ message: textOf(contract) })
    const safe = async (...keys: number[]): Promise<Control> => ({
      kind: 'safe',
      signatures: await Promise.all(keys.map(sign)),
    })
    const owns = (address: string) => [owner(1), owner(2), owner(3)].includes(address)
    const facts = { wallet: { threshold: 2, owns } }
    const judged = async (...keys: number[]) => judge(await safe(...keys), contract, undefined, facts)
    expect(await judged(1, 3)).toMatchObject({ status: 'valid', facts: { keys: { signed: 2, needed: 2 } } })
    expect(await judged(1, 1)).toMatchObject({ status: 'invalid' })
    expect(await judged(1)).toMatchObject({ status: 'invalid' })
    expect(await judged(1, 4)).toMatchObject({
      status: 'invalid',
      why: "signature 2 is not an owner's over this text",
    })
    expect(judge(await safe(1, 2), contract)).toMatchObject({ status: 'inconclusive' })
    const open = { wallet: { threshold: 0, owns } }
    expect(judge(await safe(1), contract, undefined, open)).toMatchObject({ status: 'invalid' })
  })
})

describe('what is not certain is not valid (reserves.23)', () => {
  const payment = PAYMENTS.p2wpkh()
  const account = bitcoinAccount(payment)
  const text = textOf(account)
  const full = (options: Parameters<typeof signBip322>[3]): Control => ({
    kind: 'bip322',
    signature: signBip322(payment, text, 'ful', options),
  })

  test('R15: a lock on time is reported, and counts when it has passed', () => {
    const height = full({ lockTime: 900_000, version: 2 })
    expect(judge(height, account)).toMatchObject({
      status: 'inconclusive',
      why: 'locked until block 900000',
      facts: { locks: { time: 900_000, age: 0 } },
    })
    const at = (time: number, height?: number) => ({ moment: { time, ...(height && { height }) } })
    expect(statusOf(height, account, text, at(2_000_000_000, 899_999))).toBe('inconclusive')
    expect(statusOf(height, account, text, at(2_000_000_000))).toBe('inconclusive')
    expect(judge(height, account, text, at(0, 900_000))).toMatchObject({
      status: 'valid',
      facts: { locks: { time: 900_000, age: 0 } },
    })
    const seconds = full({ lockTime: 1_800_000_000, version: 2 })
    expect(statusOf(seconds, account, text, at(1_799_999_999, 1_000_000))).toBe('inconclusive')
    expect(statusOf(seconds, account, text, at(1_800_000_000))).toBe('valid')
  })

  test('R15: a lock on age is reported, and counts when every coin is old enough', () => {
    const blocks = full({ sequence: 144, version: 2 })
    expect(judge(blocks, account)).toMatchObject({
      status: 'inconclusive',
      why: 'locked for coins younger than 144 blocks',
      facts: { locks: { time: 0, age: 144 } },
    })
    const age = (blocks: number, seconds: number) => ({ age: { blocks, seconds } })
    expect(statusOf(blocks, account, text, age(143, 1e9))).toBe('inconclusive')
    expect(statusOf(blocks, account, text, age(144, 0))).toBe('valid')
    const seconds = full({ sequence: 0x0040_0002, version: 2 })
    expect(statusOf(seconds, account, text, age(1e9, 1023))).toBe('inconclusive')
    expect(statusOf(seconds, account, text, age(0, 1024))).toBe('valid')
    expect(judge(full({ sequence: 0xffff_fffe }), account)).toMatchObject({ status: 'valid' })
  })

  test('R15: a script that is not one of keys, a version of tomorrow, a Taproot script', () => {
    expect(judge(full({ version: 1 }), account)).toMatchObject({
      status: 'inconclusive',
      why: 'the version is neither 0 nor 2',
    })
    const tr = bitcoinAccount(PAYMENTS.p2tr())
    const witness = [new Uint8Array(64), Uint8Array.of(0x51), new Uint8Array(33)]
    const signature = `smp${Buffer.from(RawWitness.encode(witness)).toString('base64')}`
    expect(judge({ kind: 'bip322', signature }, tr)).toMatchObject({ status: 'inconclusive' })
    // A witness program of version 2, which nobody can spend by rules of today.
    const later = { ...account, address: 'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs' }
    expect(judge({ kind: 'bip322', signature: 'smpAA==' }, later)).toMatchObject({ status: 'inconclusive' })
  })

  test('R14: what a contract says is observed, not proven', async () => {
    const contract = accountOf(`eip155:1:0x${'ab'.repeat(20)}`)
    const signature = await wallet(1).signMessage({ message: textOf(contract) })
    const { to, data } = eip1271Call(contract, textOf(contract), signature)
    expect(to).toBe(contract.address)
    expect(data).toMatch(/^0x1626ba7e[0-9a-f]+$/)
    expect(data).toContain(signature.slice(2))
    const says = (result: string): Control => ({ kind: 'eip1271', signature, result })
    const yes = `0x1626ba7e${'00'.repeat(28)}`
    expect(judge(says(yes), contract)).toEqual({ status: 'valid', class: 'observed' })
    for (const result of [
      '0x',
      `0x${'ff'.repeat(4)}${'00'.repeat(28)}`,
      `${yes}00`,
      `0x1626ba7e${'00'.repeat(27)}01`,
    ]) {
      expect(judge(says(result), contract)).toMatchObject({ status: 'invalid', class: 'observed' })
    }
    // An owner's key is not the contract's: its signature alone shows nothing.
    expect(statusOf({ kind: 'eip191', signature }, contract)).toBe('invalid')
  })
})

describe('a proof of funds names the outputs that it spends (reserves.24)', () => {
  const payment = PAYMENTS.p2wpkh()
  const account = bitcoinAccount(payment)
  const text = textOf(account)
  const funds = [
    { payment: PAYMENTS.p2pkh(2), value: 1000n, keys: [2] },
    { payment: PAYMENTS.p2tr(1), value: 20n, keys: [1] },
    { payment: PAYMENTS.multisig('nested'), value: 300n, keys: [1, 3] },
  ]
  const prove = (options: Parameters<typeof signBip322>[3]) =>
    judge({ kind: 'bip322', signature: signBip322(payment, text, 'pof', options) }, account)
  /** A proof as it was made, with its parts changed. */
  const edited = (change: (psbt: Transaction) => void) => {
    const options = { allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true }
    const signature = signBip322(payment, text, 'pof', { funds })
    const psbt = Transaction.fromPSBT(Buffer.from(signature.slice(3), 'base64'), options)
    change(psbt)
    const bytes = Buffer.from(psbt.toPSBT()).toString('base64')
    return judge({ kind: 'bip322', signature: `pof${bytes}` }, account)
  }

  test('with their values and scripts, in their order', () => {
    expect(prove({ funds })).toEqual({
      status: 'valid',
      class: 'proven',
      facts: {
        form: 'proof of funds',
        outputs: funds.map(({ payment: fund, value }) => ({
          txid: idOf(fundingOf(fund, value)),
          index: 0,
          value,
          script: Buffer.from(fund.script).toString('hex'),
        })),
      },
    })
  })

  test('R16: another key, an output twice, and another transaction than the one named are refused', () => {
    expect(() => prove({ funds: [{ ...funds[0]!, keys: [3] }] })).toThrow()
    expect(prove({ funds: [funds[1]!, funds[1]!] })).toMatchObject({
      status: 'invalid',
      why: 'two inputs spend the same output',
    })
    expect(edited(() => {}).status).toBe('valid')
    const richer = edited((psbt) => {
      // btc-signer itself compares ids of final transactions alone.
      const input = (psbt as unknown as { inputs: { nonWitnessUtxo?: { outputs: { amount: bigint }[] } }[] })
        .inputs[1]!
      input.nonWitnessUtxo!.outputs[0]!.amount = 10n ** 12n
    })
    expect(richer.status).toBe('invalid')
    const inputs = (psbt: Transaction) => (psbt as unknown as { inputs: Record<string, unknown>[] }).inputs
    expect(
      edited((psbt) => {
        inputs(psbt)[2]!.finalScriptWitness = [new Uint8Array(64)]
      }).status,
    ).toBe('invalid')
    expect(
      edited((psbt) => {
        inputs(psbt)[2]!.witnessUtxo = { script: PAYMENTS.p2tr(1).script, amount: 21n }
      }).status,
    ).toBe('invalid')
    expect(
      edited((psbt) => {
        delete inputs(psbt)[2]!.witnessUtxo
      }),
    ).toMatchObject({
      status: 'invalid',
      why: 'input 3 says not what it spends',
    })
    expect(
      edited((psbt) => {
        delete inputs(psbt)[1]!.nonWitnessUtxo
        inputs(psbt)[1]!.witnessUtxo = { script: PAYMENTS.p2pkh(2).script, amount: 10n ** 12n }
      }),
    ).toMatchObject({ status: 'invalid', why: 'input 2 needs the whole transaction that it spends' })
  })

  test('a full signature has no further inputs, and no payment besides', () => {
    const bytes = Buffer.from(signBip322(payment, text, 'ful').slice(3), 'base64')
    const statusWith = (change: (raw: ReturnType<typeof RawTx.decode>) => void) => {
      const raw = RawTx.decode(bytes)
      change(raw)
      return statusOf(
        { kind: 'bip322', signature: `ful${Buffer.from(RawTx.encode(raw)).toString('base64')}` },
        account,
      )
    }
    expect(statusWith(() => {})).toBe('valid')
    expect(statusWith((raw) => raw.outputs.push(raw.outputs[0]!))).toBe('invalid')
    expect(
      statusWith((raw) => {
        raw.outputs[0]!.amount = 1n
      }),
    ).toBe('invalid')
    expect(
      statusWith((raw) => {
        raw.outputs[0]!.script = Script.encode(['RETURN', publicKey(1)])
      }),
    ).toBe('invalid')
    expect(
      statusWith((raw) => {
        raw.inputs[0]!.index = 1
      }),
    ).toBe('invalid')
    expect(
      statusWith((raw) => {
        raw.inputs[0]!.txid = new Uint8Array(32)
      }),
    ).toBe('invalid')
    expect(
      statusWith((raw) => {
        raw.inputs.push(raw.inputs[0]!)
        raw.witnesses!.push([])
      }),
    ).toBe('invalid')
  })
})

describe('a PSBT that is signed shows control as any signature of BIP-322 (reserves.30)', () => {
  type Payment = ReturnType<(typeof PAYMENTS)['multisig']>
  /** What a wallet does: it adds what it knows of the address, and signs. */
  function signed(payment: Payment, keys: readonly number[], { text = '', finalize = false } = {}): string {
    const account = bitcoinAccount(payment)
    const psbt = Transaction.fromPSBT(bip322Psbt(account, text || textOf(account))!, {
      ...{ allowUnknownOutputs: true, allowUnknownInputs: true, allowLegacyWitnessUtxo: true },
    })
    expect(psbt.getInput(0).partialSig).toBeUndefined()
    const { redeemScript, witnessScript } = payment
    psbt.updateInput(0, {
      ...(redeemScript && { redeemScript }),
      ...(witnessScript && { witnessScript }),
      ...('tapInternalKey' in payment && { tapInternalKey: payment.tapInternalKey as Uint8Array }),
    })
    for (const key of keys) psbt.signIdx(keyOf(key), 0)
    if (finalize) psbt.finalize()
    return Buffer.from(psbt.toPSBT(0)).toString('base64')
  }
  const control = (...psbts: string[]): Control => ({ kind: 'bip322', signature: bip322OfPsbts(psbts) ?? '' })

  test.each<[string, Payment, string]>([
    ['a key before witness programs', PAYMENTS.p2pkh(), 'full'],
    ['a witness key', PAYMENTS.p2wpkh(), 'simple'],
    ['a Taproot key', PAYMENTS.p2tr(), 'simple'],
    ['a witness key inside a script', PAYMENTS.nested(), 'full'],
  ])('of %s, finalized by the wallet or not', (_, payment, form) => {
    const account = bitcoinAccount(payment)
    for (const finalize of [false, true]) {
      expect(judge(control(signed(payment, [1], { finalize })), account)).toMatchObject({
        ...{ status: 'valid', facts: { form } },
      })
    }
    const other = control(signed(payment, [1], { text: 'another text' }))
    expect(judge(other, account)).toMatchObject({ status: 'invalid' })
  })

  test.each(['p2sh', 'p2wsh', 'nested'] as const)(
    'of a multisig, whose keys signed each its own: %s',
    (wrap) => {
      const payment = PAYMENTS.multisig(wrap)
      const account = bitcoinAccount(payment)
      const [one, three] = [signed(payment, [1]), signed(payment, [3])]
      expect(judge(control(one, three), account)).toMatchObject({ status: 'valid' })
      expect(judge(control(signed(payment, [1, 2])), account)).toMatchObject({ status: 'valid' })
      expect(
        [[one], [one, one], ['cHNidP8='], [one, signed(PAYMENTS.p2wpkh(), [1])]].map(bip322OfPsbts),
      ).toEqual(Array(4).fill(undefined))
    },
  )

  test('with further outputs of the address, as a proof of funds', () => {
    const payment = PAYMENTS.p2wpkh()
    const good = signBip322(payment, textOf(bitcoinAccount(payment)), 'pof', {
      funds: [{ payment: PAYMENTS.p2tr(), value: 5n, keys: [1] }],
    })
    const found = control(good.slice(3))
    expect(judge(found, bitcoinAccount(payment))).toMatchObject({
      ...{ status: 'valid', facts: { outputs: [{ value: 5n }] } },
    })
  })

  test('and holds its text for the device that shows it', () => {
    const account = bitcoinAccount(PAYMENTS.p2wpkh())
    const long = textOf(account, { venue: 'V'.repeat(60) })
    for (const text of [textOf(account), long]) {
      const psbt = Buffer.from(bip322Psbt(account, text)!)
      const size = Buffer.from(
        text.length < 0xfd ? [text.length] : [0xfd, text.length & 0xff, text.length >> 8],
      )
      const entry = Buffer.concat([Buffer.from([1, 9]), size, Buffer.from(text)])
      expect(psbt.indexOf(entry)).toBe(5 + 3 + 61)
    }
    expect([textOf(account).length, long.length].map((length) => length < 0xfd)).toEqual([true, false])
  })
})

describe('a movement is to the account itself, with its own digest or amount (reserves.25)', () => {
  const account = evmAccount(1)
  const text = textOf(account)
  const amount = movementAmount(text)
  const control: Control = { kind: 'movement', transaction: `0x${'11'.repeat(32)}` }
  const proven = { class: 'proven' as const, from: account.id, to: account.id, amount, time: 1000 }
  const judged = (changed: object, since = 1000) =>
    judge(control, account, text, { movement: { ...proven, ...changed }, since })

  test('and nothing without the proof of it', () => {
    expect(judged({})).toEqual({ status: 'valid', class: 'proven' })
    expect(judged({ class: 'observed' })).toEqual({ status: 'valid', class: 'observed' })
    expect(judge(control, account)).toMatchObject({ status: 'inconclusive' })
    // What carries the digest cannot be older than the text.
    expect(judged({ amount: 0n, data: movementDigest(text), time: 0 })).toMatchObject({ status: 'valid' })
  })

  test('R17: not what a customer sends to an address of the venue, nor an older or another transfer', () => {
    const faults = [
      { to: evmAccount(2).id },
      { from: evmAccount(2).id },
      { amount: amount + 1n },
      { time: 999 },
      { amount: 0n, data: movementDigest(`${text}.`) },
      { data: movementDigest(text), to: evmAccount(2).id },
    ]
    expect(faults.map((changed) => judged(changed).status)).toEqual(faults.map(() => 'invalid'))
  })

  test('the amount follows from the text', () => {
    const amounts = [text, textOf(account, { epoch: '2026-10' }), textOf(evmAccount(2))].map(movementAmount)
    expect(new Set(amounts).size).toBe(3)
    for (const one of amounts) expect(one >= 1n && one <= 1_000_000n).toBe(true)
  })
})

test('a changed byte of a proof of funds is refused, or changes nothing that it shows (reserves.21)', () => {
  const account = bitcoinAccount(PAYMENTS.p2wpkh())
  const good = signBip322(PAYMENTS.p2wpkh(), textOf(account), 'pof', {
    funds: [{ payment: PAYMENTS.p2pkh(), value: 5n, keys: [1] }],
  })
  const bytes = Buffer.from(good.slice(3), 'base64')
  const shown = judge({ kind: 'bip322', signature: good }, account)
  expect(shown.status).toBe('valid')
  const others = Array.from(bytes, (byte, i) => {
    const changed = Buffer.from(bytes)
    changed[i] = byte ^ 1
    return judge({ kind: 'bip322', signature: `pof${changed.toString('base64')}` }, account)
  }).filter(({ status }) => status === 'valid')
  expect(others).toEqual(others.map(() => shown))
  expect(others.length).toBeLessThan(5)
})
