import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { signatureFault } from '../../../../src/proving/ceremony/attestation.js'
import { attestationText } from '../../../../src/proving/ceremony/attestation-text.js'
import { type Attestation, signerSchema } from '../../../../src/proving/ceremony/files.js'
import { assertMinisigned } from '../../../../src/proving/ceremony/minisign.js'
import { minisignKey } from '../../../helpers/minisign.js'
import { sshKey } from '../../../helpers/ssh.js'

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const BASE: Attestation = {
  schema: 'plimsoll/ceremony-attestation/1',
  ceremony: '1'.repeat(64),
  number: 2,
  name: 'Bob',
  signer: account.address.toLowerCase(),
  contributions: { 'ledger-tiny': { hash: '2'.repeat(128), turn: '3'.repeat(64) } },
  machine: 'a laptop',
  entropy: 'dice',
  software: 'plimsoll test',
  signature: null,
}
const FIELDS: Partial<Attestation>[] = [
  { ceremony: '2'.repeat(64) },
  { number: 3 },
  { name: 'Bobby' },
  { contributions: { 'ledger-tiny': { hash: '3'.repeat(128), turn: '3'.repeat(64) } } },
  { contributions: { 'ledger-tiny': { hash: '2'.repeat(128), turn: '4'.repeat(64) } } },
  { contributions: { 'ledger-wide': { hash: '2'.repeat(128), turn: '3'.repeat(64) } } },
  { machine: 'another' },
  { entropy: 'coins' },
  { software: 'another' },
]

test('an attestation counts with the signature of its signer over all that it says (ceremony.7)', async () => {
  const [ssh, minisign] = [sshKey(1), minisignKey(1)]
  const signers: [signer: string, sign: (text: string) => Promise<string> | string][] = [
    [account.address.toLowerCase(), (message) => account.signMessage({ message })],
    [ssh.fingerprint, (text) => ssh.sign(text)],
    [minisign.publicKey, (text) => minisign.sign(text)],
    [minisign.publicKey, (text) => minisign.sign(text, { prehashed: false })],
  ]
  for (const [signer, sign] of signers) {
    const unsigned = { ...BASE, signer }
    const signature = await sign(attestationText(unsigned))
    expect(await signatureFault({ ...unsigned, signature })).toBeUndefined()
    expect(await signatureFault(unsigned)).toBe('it is not signed')
    for (const field of FIELDS) {
      expect(await signatureFault({ ...unsigned, ...field, signature }), Object.keys(field)[0]).toBeDefined()
    }
    expect(signerSchema.safeParse(signer).success).toBe(true)
    for (const other of [sshKey(2).fingerprint, `0x${'a'.repeat(40)}`, minisignKey(2).publicKey]) {
      expect(await signatureFault({ ...unsigned, signer: other, signature })).toBeDefined()
    }
  }
})

test('a signature for another purpose, or cut short, does not count (ceremony.7)', async () => {
  const ssh = sshKey(1)
  const attestation = { ...BASE, signer: ssh.fingerprint }
  const text = attestationText(attestation)
  const signature = ssh.sign(text)
  expect(await signatureFault({ ...attestation, signature }), 'the control').toBeUndefined()
  const others = [
    ssh.sign(text, 'git'),
    signature.slice(0, -60),
    signature.replace('AAAA', 'AAAB'),
    '0x12',
    'x',
  ]
  for (const other of others) {
    expect(await signatureFault({ ...attestation, signature: other })).toBe(
      'its signature is none of this text',
    )
  }
})

/** Signatures of `test` that the authors of minisign publish with their code. */
const PUBLISHED = {
  publicKey: 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3',
  signature:
    'untrusted comment: signature from minisign secret key\n' +
    'RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n' +
    'trusted comment: timestamp:1556193335\tfile:test\n' +
    'y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==',
}

test('a signature of minisign holds for its text, its key and its trusted comment alone (ceremony.7)', () => {
  const { publicKey, signature } = PUBLISHED
  const holds =
    (text: string, signed: string, key = publicKey) =>
    () =>
      assertMinisigned(text, signed, key)
  expect(holds('test', signature)).not.toThrow()
  expect(holds('test', `${signature.replaceAll('\n', '\r\n')}\r\n`)).not.toThrow()
  expect(holds('test', signature.replace('minisign secret', 'a secret')), 'the control').not.toThrow()
  expect(holds('Test', signature)).toThrow('another text')
  expect(holds('test', signature.replace('1556193335', '1556193336'))).toThrow('another comment')
  expect(holds('test', signature.replace('RUQf', 'RWQf'))).toThrow('another text')
  expect(holds('test', signature.replace('RUQf', 'RUUf'))).toThrow('unknown algorithm')
  expect(holds('test', signature, minisignKey(2).publicKey)).toThrow('of another key')
  // The number of a key is the signer's word: the key itself decides.
  const [other, forged] = [minisignKey(2), minisignKey(1, 2)]
  expect(holds('test', forged.sign('test'), forged.publicKey), 'the control').not.toThrow()
  expect(holds('test', forged.sign('test'), other.publicKey)).toThrow('another text')
  for (const cut of [
    signature.slice(0, -4),
    signature.split('\n').slice(0, 2).join('\n'),
    `${signature}\nx`,
  ]) {
    expect(holds('test', cut)).toThrow('no signature')
  }
})
