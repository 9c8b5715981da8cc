import { unzipSync, zipSync } from 'fflate'
import { bytesOfBase64 } from '../../hash/index.js'
import type { Brought } from './brought.js'
import demonstration from './generated/demonstration.json' with { type: 'json' }

/** What a demonstration changes, and what that is like. */
export interface Change {
  id: string
  button: string
  /** What was changed, once it is. */
  told: string
}

export const CHANGES = [
  { id: 'none', button: 'Nothing', told: 'Nothing is changed: the files are as the venue made them.' },
  { id: 'balance', button: 'A balance', told: 'The file says 3001 USDT in the place of 3000.' },
  { id: 'path', button: 'The path', told: 'One number of the path to the root is one more.' },
  { id: 'proof', button: 'A proof', told: 'One coordinate of the proof of batch 0 is one more.' },
  {
    id: 'identifier',
    button: 'The file’s identifier',
    told: 'Somebody wrote “mallory” into the file, and mallory types their name.',
  },
  { id: 'other', button: 'Your identifier', told: 'The file is bob’s, and “dora” was typed.' },
  { id: 'epoch', button: 'The epoch', told: 'The file says that it is of the epoch 2026-02-01.' },
  { id: 'pins', button: 'The pins', told: 'Nobody says which keys to trust.' },
] as const satisfies readonly Change[]

export type ChangeId = (typeof CHANGES)[number]['id']

interface DemonstrationFile {
  account: string
  epoch: string
  slots: { symbol: string; quantity: string }[]
  batchPath: { siblings: string[][] }
}

/** What the reader would have brought and typed, with one thing changed. */
export function demonstrated(change: ChangeId): { brought: Brought; account: string } {
  const file = JSON.parse(demonstration.file) as DemonstrationFile
  let { account } = demonstration
  let epoch = bytesOfBase64(demonstration.epoch)
  if (change === 'balance') file.slots.find(({ quantity }) => quantity === '3000')!.quantity = '3001'
  if (change === 'path') file.batchPath.siblings[0]![0] = oneMore(file.batchPath.siblings[0]![0]!)
  if (change === 'identifier') file.account = account = 'mallory'
  if (change === 'other') account = 'dora'
  if (change === 'epoch') file.epoch = '2026-02-01'
  if (change === 'proof') epoch = withOtherProof(epoch)
  const named = (name: string, content: string | Uint8Array) => ({
    name,
    content: new Blob([content as Uint8Array<ArrayBuffer>]),
  })
  return {
    account,
    brought: {
      file: named('inclusion.json', JSON.stringify(file)),
      epoch: named('epoch.zip', epoch),
      openings: named('openings.json', demonstration.openings),
      ...(change === 'pins' ? {} : { pins: named('pins.json', demonstration.pins) }),
    },
  }
}

function withOtherProof(archive: Uint8Array): Uint8Array {
  const files = unzipSync(archive)
  const path = Object.keys(files).find((name) => name.endsWith('ledger/0000/0000000.json'))!
  const proof = JSON.parse(new TextDecoder().decode(files[path]))
  proof.proof.a[0] = oneMore(proof.proof.a[0])
  return zipSync({ ...files, [path]: new TextEncoder().encode(JSON.stringify(proof)) })
}

const oneMore = (text: string): string => (BigInt(text) + 1n).toString()
