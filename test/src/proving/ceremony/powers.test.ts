import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ChaCha } from 'ffjavascript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writePowers } from '../../../../scripts/known-powers.js'
import { knownPowers } from '../../../../src/bundle/index.js'
import { BASE_FIELD_ORDER, FIELD_ORDER } from '../../../../src/field/index.js'
import { curveEngine } from '../../../../src/groth16/curve-engine.js'
import { hasGroupOrder, isPoint } from '../../../../src/proving/ceremony/curve-points.js'
import { initCeremony } from '../../../../src/proving/ceremony/init.js'
import { isInGroup, PointCheck, type PointRun } from '../../../../src/proving/ceremony/points.js'
import { blake2bFile, openPowers, powersFault } from '../../../../src/proving/ceremony/powers.js'
import { curveCode } from '../../../../src/proving/curve-code.js'
import { CurveMemory } from '../../../../src/proving/curve-memory.js'
import { CIRCUIT, editSections, NAME } from '../../../helpers/ceremony.js'
import { temporaryFolder, writeCircuits } from '../../../helpers/proving-circuits.js'

const POWER = 5
const DOMAIN = 2 ** POWER
let directory: string
let good: string
let points: PointCheck

beforeAll(async () => {
  directory = await temporaryFolder()
  good = join(directory, 'good.ptau')
  await writePowers(good, POWER)
  points = new PointCheck(new CurveMemory(await curveCode()))
})
afterAll(() => rmSync(directory, { recursive: true }))

const faultOf = async (path: string, domain = DOMAIN) =>
  powersFault(await curveEngine(), points, openPowers(path), domain)

let copies = 0
function changed(edit: (sections: Map<number, Buffer>) => void): string {
  const path = join(directory, `${++copies}.ptau`)
  writeFileSync(path, readFileSync(good))
  editSections(path, edit)
  return path
}

describe('powers of tau are of one secret, as far as circuits use them (ceremony.8)', () => {
  test('those of a file pass, whole and in part', async () => {
    expect(await faultOf(good)).toBeUndefined()
    expect(await faultOf(good, DOMAIN / 2)).toBeUndefined()
  })

  test.each([
    ['τ in G1', 2, 64],
    ['τ in G2', 3, 128],
    ['α', 4, 64],
    ['β', 5, 64],
  ])('V31: one wrong power in the row of %s', async (name, id, size) => {
    const path = changed((sections) => {
      const bytes = sections.get(id)!
      bytes.copy(bytes, 7 * size, 9 * size, 10 * size)
    })
    expect(await faultOf(path)).toBe(`a point of the row of ${name} is not τ times the one before it`)
    expect(await faultOf(path, 2), 'the control: a circuit that uses none of it').toBeUndefined()
  })

  test('another β in G2, another generator, and a point off the curve', async () => {
    const twist = changed((sections) => sections.set(6, sections.get(3)!.subarray(128, 256)))
    expect(await faultOf(twist)).toBe('β in G1 is another than in G2')
    const shifted = changed((sections) => {
      const bytes = sections.get(2)!
      sections.set(2, Buffer.concat([bytes.subarray(64), bytes.subarray(0, 64)]))
    })
    expect(await faultOf(shifted)).toBe('a row of τ does not begin with the generator')
    const off = changed((sections) => {
      sections.get(4)![64 * 3]! ^= 1
    })
    expect(await faultOf(off)).toBe('point 3 of the row of α is none of the curve, or infinity')
  })

  test('V30: a point with a component of the order 10,069; the control is that one combination accepts it', async () => {
    const curve = await curveEngine()
    const { G2 } = curve
    const small = await pointOfSmallOrder()
    expect(G2.isZero(G2.timesScalar(small, 10_069n)) && !G2.isZero(small)).toBe(true)
    expect(isPoint(G2, small)).toBe(true)
    expect(hasGroupOrder(curve, small)).toBe(false)
    const path = join(directory, 'small.points')
    const tampered = G2.toAffine(G2.add(G2.g, small))
    writeFileSync(path, Buffer.concat([G2.toAffine(G2.g), tampered, G2.toAffine(G2.g)]))
    const run: PointRun = { path, at: 0, count: 3, group: 'g2' }
    expect(points.firstOff(run), 'the control').toBeUndefined()
    const chosen = () => new Uint8Array(new Uint16Array([5, 10_069, 7]).buffer)
    expect(await isInGroup(curve, run, undefined, chosen), 'the control').toBe(true)
    expect(await isInGroup(curve, run)).toBe(false)
    const [first] = [{ ...run, count: 1 }]
    expect(await isInGroup(curve, first!)).toBe(true)
  })

  test('a coordinate that is written above the order of the field is none', async () => {
    const { G1 } = await curveEngine()
    const point = G1.toAffine(G1.g).slice()
    expect(isPoint(G1, point)).toBe(true)
    const x = BigInt(`0x${Buffer.from(point.slice(0, 32)).reverse().toString('hex')}`) + BASE_FIELD_ORDER
    point.set(Buffer.from(x.toString(16).padStart(64, '0'), 'hex').reverse())
    expect(isPoint(G1, point)).toBe(false)
  })
})

/** A point of the twist whose order is the smallest factor of the cofactor. */
async function pointOfSmallOrder(): Promise<Uint8Array> {
  const { G2 } = await curveEngine()
  const cofactor = 2n * BASE_FIELD_ORDER - FIELD_ORDER
  // Without a cofactor to clear, the same function gives any point of the twist.
  const anywhere = Object.create(G2, { cofactor: { value: undefined } }) as typeof G2
  for (let seed = 1; ; seed++) {
    const point = anywhere.fromRng(new ChaCha([seed, 0, 0, 0, 0, 0, 0, 0]))
    const small = G2.timesScalar(G2.timesScalar(point, FIELD_ORDER), cofactor / 10_069n)
    if (!G2.isZero(small)) return G2.toAffine(small)
  }
}

describe('a file of powers that cannot be used is refused with its name (ceremony.9)', () => {
  const begin = async (powers: string, trustPowers?: string, shipped?: readonly string[]) =>
    initCeremony(join(directory, 'never'), {
      instances: shipped ?? [NAME],
      ...(shipped
        ? {}
        : { circuitsDir: await writeCircuits(join(directory, 'circuits'), { instance: CIRCUIT }) }),
      powers,
      ...(trustPowers === undefined ? {} : { trustPowers }),
      name: 'a test',
      coordinator: 'the test',
      software: 'plimsoll test',
    })

  test('cut short, of another kind, not there', () => {
    const path = join(directory, 'cut.ptau')
    writeFileSync(path, readFileSync(good))
    truncateSync(path, 5_000)
    expect(() => openPowers(path)).toThrow(expect.objectContaining({ code: 'POWERS_FORMAT', where: path }))
    writeFileSync(path, 'accounts')
    expect(() => openPowers(path)).toThrow(expect.objectContaining({ code: 'POWERS_FORMAT' }))
    expect(() => openPowers(join(directory, 'none'))).toThrow(
      expect.objectContaining({ code: 'FILE_ACCESS' }),
    )
  })

  test('unknown and not vouched for, raw, too small, and of no one secret', async () => {
    await expect(begin(good)).rejects.toMatchObject({ code: 'POWERS_UNKNOWN', where: good })
    const hash = await blake2bFile(good)
    await expect(begin(good, hash)).rejects.toMatchObject({
      code: 'POWERS_SMALL',
      message: expect.stringContaining('serves 2^5 rows, and product-tiny has 2^7'),
    })
    // Of instances that are shipped, all that need more, before anything is compiled.
    await expect(begin(good, hash, ['ledger-tiny', 'margin-tiny', 'solvency-18'])).rejects.toMatchObject({
      code: 'POWERS_SMALL',
      message: expect.stringContaining('ledger-tiny has 2^14, margin-tiny has 2^15, solvency-18 has 2^18'),
      hint: 'Take a file of power 18 or more.',
    })
    const raw = join(directory, 'raw.ptau')
    await writePowers(raw, POWER, { prepared: false })
    await expect(begin(raw, await blake2bFile(raw))).rejects.toMatchObject({ code: 'POWERS_RAW' })
    const large = join(directory, 'large.ptau')
    await writePowers(large, 7)
    editSections(large, (sections) => {
      const bytes = sections.get(4)!
      bytes.copy(bytes, 64 * 5, 64 * 6, 64 * 7)
    })
    await expect(begin(large, await blake2bFile(large))).rejects.toMatchObject({ code: 'POWERS_UNSOUND' })
  })

  test('the published files are known by their hashes, as the documentation of snarkjs lists them', () => {
    const readme = join(dirname(createRequire(import.meta.url).resolve('snarkjs')), '../README.md')
    const row = /\[(powersOfTau28_hez_final[_0-9]*\.ptau)\]\([^)]*\) *\| *([0-9a-f]{128}) *\|/g
    const listed = [...readFileSync(readme, 'utf8').matchAll(row)]
    expect(listed).toHaveLength(21)
    for (const [, name, hash] of listed) expect(knownPowers(hash!)).toBe(name)
    expect(knownPowers('0'.repeat(128))).toBeUndefined()
  })
})
