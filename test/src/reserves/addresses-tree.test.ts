import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { roundTime } from '../../../src/beacon/index.js'
import { makeChallenge } from '../../../src/collect/index.js'
import {
  type AddressEntry,
  addressesRoot,
  isOnList,
  openAddress,
  parseAddresses,
} from '../../../src/reserves/index.js'
import { ROUND } from '../../helpers/ceremony.js'
import { evmAccount } from '../../helpers/control.js'

const CHAIN = 'eip155:31337'
const sha256 = (...parts: (Buffer | string)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const entries = Array.from({ length: 19 }, (_, i): AddressEntry => {
  const coin = { asset: `${CHAIN}/slip44:60`, instrument: 'ETH' }
  const other = { asset: `${CHAIN}/erc20:0x${'aa'.repeat(20)}`, instrument: 'X', decimals: i }
  return {
    ...(i % 3 === 0 && { private: true }),
    holdsFor: i % 2 === 0 ? 'customers' : 'insurance',
    control: 'eip191',
    account: evmAccount(i + 1, 31_337).id,
    assets: i % 4 === 0 ? [other, coin] : [coin],
  }
}).sort((a, b) => (a.account < b.account ? -1 : 1))

/** Any JSON with the fields of each object in the order of their names, and no spaces. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, held]) => `${JSON.stringify(name)}:${canonical(held)}`).join()}}`
}

/** The tree as RFC 9162 defines it, level by level: what is left over at the end of one rises to the next. */
function rootByLevels(list: readonly unknown[]): string {
  let level = list.map((entry) => sha256(Buffer.of(0), canonical(entry)))
  while (level.length > 1) {
    const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => level.slice(2 * i, 2 * i + 2))
    level = pairs.map(([left, right]) => (right ? sha256(Buffer.of(1), left!, right) : left!))
  }
  return level[0]!.toString('hex')
}

test('a list of addresses has one root, as another way to make it has it, and no other list has it (reserves.71)', () => {
  const roots = new Set<string>()
  for (let size = 1; size <= entries.length; size++) {
    const list = entries.slice(0, size)
    const root = addressesRoot(list)
    expect(root).toBe(rootByLevels(list))
    roots.add(root).add(addressesRoot([...list, list.at(-1)!]))
    if (size > 1) roots.add(addressesRoot(list.toReversed()))
    // The order of the fields in the file says nothing.
    const turned = list.map((entry) => Object.fromEntries(Object.entries(entry).reverse()) as AddressEntry)
    expect(addressesRoot(turned)).toBe(root)
  }
  expect(roots.size).toBe(3 * entries.length - 1)
})

test('each entry opens against the root of its list, and nothing else does (reserves.71)', () => {
  for (const size of [1, 2, 3, 6, 7, 8, 19]) {
    const list = entries.slice(0, size)
    const root = addressesRoot(list)
    for (const [index, entry] of list.entries()) {
      const opening = openAddress(list, entry.account)!
      expect(opening).toMatchObject({ entry, index, size })
      expect(isOnList(root, opening)).toBe(true)
      expect(isOnList(addressesRoot(entries.slice(1)), opening)).toBe(false)
      for (const changed of [
        { entry: { ...entry, control: 'eip712' } },
        { entry: { ...entry, holdsFor: 'capital' as const } },
        { entry: { ...entry, assets: entry.assets.map((each) => ({ ...each, instrument: 'Y' })) } },
        { index: size },
        { index: -1 },
        { index: 0.5 },
        { path: [...opening.path, '00'.repeat(32)] },
        { path: opening.path.map((hash) => hash.toUpperCase().replace(/[0-9]/, 'A')) },
        ...(size === 1
          ? []
          : [{ path: opening.path.slice(1) }, { path: opening.path.with(0, '00'.repeat(32)) }]),
        ...(size === 1 ? [] : [{ index: (index + 1) % size }]),
      ]) {
        const nothing = size === 1 && 'path' in changed && changed.path.length === 0
        expect(isOnList(root, { ...opening, ...changed }), JSON.stringify(changed)).toBe(nothing)
      }
    }
  }
  expect(openAddress(entries, evmAccount(99, 31_337).id)).toBeUndefined()
})

test('a challenge whose moments a round picks fixes the root of the list beside it (reserves.71)', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'addresses-')), 'challenge')
  const accounts = entries.filter(({ assets }) => assets.length === 1)
  const to = roundTime(ROUND.number) - 10
  const { challenge } = await makeChallenge(folder, {
    ...{ venue: 'Example', epoch: '2026-09' },
    moment: { from: to - 86_400, to, round: ROUND.number, count: 2 },
    addresses: { schema: 'plimsoll/reserves-addresses/1', accounts },
  })
  const { root } = parseAddresses(readFileSync(join(folder, 'addresses.json'), 'utf8'), '')
  expect([challenge.addressesRoot, root]).toEqual([rootByLevels(accounts), rootByLevels(accounts)])
})
