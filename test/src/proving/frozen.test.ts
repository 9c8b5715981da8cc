import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { freeze, frozenFaults } from '../../../scripts/freeze.js'
import { loadProduction, loadSnapshots, PACKAGE_CIRCUITS, takeSnapshot } from '../../../src/proving/index.js'
import { frozenInstance } from '../../../src/statements/index.js'
import { INSTANCE, temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'
import { SWEEPING } from '../../helpers/sweep.js'

const NAME = 'product-tiny'
const SHIPPED = { circuitsDir: PACKAGE_CIRCUITS }
const folders: string[] = []
let location: { circuitsDir: string }
const at = (name: string) => join(location.circuitsDir, name)
const change = (name: string, from: string, to: string) => {
  const before = readFileSync(at(name), 'utf8')
  expect(before).toContain(from)
  writeFileSync(at(name), before.replaceAll(from, to))
}
const write = (frozen: object) => writeFileSync(at('production.json'), JSON.stringify(frozen))
/** What `scripts/count-constraints.ts` does. */
const recount = async () =>
  writeFileSync(at('constraints.json'), JSON.stringify({ [NAME]: await takeSnapshot(NAME, location) }))

beforeEach(async () => {
  const folder = await temporaryFolder()
  folders.push(folder)
  location = { circuitsDir: await writeCircuits(join(folder, 'circuits')) }
  write({})
  await freeze([NAME], location)
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

describe('the production set (key.13)', () => {
  test('is what its circuits are now, and known where there is no file system', () => {
    expect(frozenFaults(SHIPPED)).toEqual([])
    const production = loadProduction(SHIPPED)
    expect(Object.keys(production).length).toBeGreaterThan(5)
    for (const [name, frozen] of Object.entries(production)) expect(frozenInstance(name)).toEqual(frozen)
    expect(frozenInstance('ledger-tiny')).toBeUndefined()
  })

  test.runIf(SWEEPING)('is what its circuits compile to', async () => {
    for (const [name, { r1cs }] of Object.entries(loadProduction(SHIPPED))) {
      expect((await takeSnapshot(name, SHIPPED)).sha256.r1cs, name).toBe(r1cs)
    }
  })

  test('V24: a byte of any file that a frozen circuit includes, its sizes or its signals breaks the build, until it is counted again', async () => {
    expect(frozenFaults(location), 'the control').toEqual([])
    change('lib/square.circom', 'in * in', 'in *  in')
    const [said, ...others] = frozenFaults(location)
    expect(said).toContain(`count-constraints.ts ${NAME}`)
    expect(others).toEqual([])
    await recount()
    expect(frozenFaults(location), 'white space makes no other circuit').toEqual([])
    for (const params of [
      { FACTORS: 4, OFFSET: 5 },
      { FACTORS: 3, OFFSET: 6 },
    ]) {
      writeFileSync(at('instances.json'), JSON.stringify({ [NAME]: { ...INSTANCE, params } }))
      expect(frozenFaults(location)).toHaveLength(1)
    }
    const other = { ...INSTANCE, public: INSTANCE.public.toReversed() }
    writeFileSync(at('instances.json'), JSON.stringify({ [NAME]: other }))
    expect(frozenFaults(location)).toHaveLength(1)
  })

  test('V24: a constraint that changed breaks the build also when it was counted again', async () => {
    change('product.circom', '(i + 3)', '(i + 4)')
    await recount()
    expect(frozenFaults(location)).toEqual([expect.stringContaining(`npx tsx scripts/freeze.ts ${NAME}`)])
    await freeze([NAME], location)
    expect(frozenFaults(location)).toEqual([])
    expect(loadProduction(location)[NAME]!.r1cs).toBe(loadSnapshots(location)[NAME]!.sha256.r1cs)
  })

  test('of which a ceremony is recorded is not frozen anew', async () => {
    const [frozen] = Object.values(loadProduction(location))
    write({ [NAME]: { ...frozen, transcript: 'a'.repeat(64), keyHash: 'b'.repeat(64) } })
    await freeze([NAME], location)
    change('product.circom', '(i + 3)', '(i + 4)')
    await recount()
    expect(frozenFaults(location)).toEqual([expect.stringContaining('another name')])
    await expect(freeze([NAME], location)).rejects.toThrow('rename')
    expect(loadProduction(location)[NAME]!.r1cs).toBe(frozen!.r1cs)
  })

  test('that names an instance which is gone breaks the build', () => {
    write({ 'product-huge': { r1cs: 'a'.repeat(64), transcript: null } })
    expect(frozenFaults(location)).toEqual([expect.stringContaining('put it back')])
    const hash = 'a'.repeat(64)
    for (const frozen of [
      { r1cs: 'a', transcript: null },
      { r1cs: hash, transcript: hash },
      { r1cs: hash, transcript: null, keyHash: hash },
    ]) {
      write({ [NAME]: frozen })
      expect(() => frozenFaults(location)).toThrow(expect.objectContaining({ code: 'INSTANCES_FILE' }))
    }
  })
})
