import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { attestationText, signatureFault } from '../../../../src/proving/ceremony/attestation.js'
import type { Attestation } from '../../../../src/proving/ceremony/files.js'
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
  const ssh = sshKey(1)
  const signers: [signer: string, sign: (text: string) => Promise<string> | string][] = [
    [account.address.toLowerCase(), (message) => account.signMessage({ message })],
    [ssh.fingerprint, (text) => ssh.sign(text)],
  ]
  for (const [signer, sign] of signers) {
    const unsigned = { ...BASE, signer }
    const signature = await sign(attestationText(unsigned))
    expect(await signatureFault({ ...unsigned, signature })).toBeUndefined()
    expect(await signatureFault(unsigned)).toBe('it is not signed')
    for (const field of FIELDS) {
      expect(await signatureFault({ ...unsigned, ...field, signature }), Object.keys(field)[0]).toBeDefined()
    }
    for (const other of [sshKey(2).fingerprint, `0x${'a'.repeat(40)}`]) {
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
