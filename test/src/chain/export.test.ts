import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testKey } from '../../../scripts/contract-fixtures/statements.js'
import {
  CONTRACTS,
  compileContracts,
  compileSolidity,
  contractSources,
  exportContracts,
} from '../../../src/chain/index.js'
import { LIQUIDATION_SIGNALS, MARGIN_SIGNALS } from '../../../src/statements/index.js'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plimsoll-export-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test('an exported folder compiles as it is (proof.9)', async () => {
  const files = await exportContracts(directory, [await testKey('squares-3'), await testKey('cubes-3')])
  expect(files).toEqual([
    'interfaces/IGroth16Verifier.sol',
    'libraries/Groth16.sol',
    'Squares3Verifier.sol',
    'Cubes3Verifier.sol',
  ])
  const texts = files.map(async (file) => [file, await readFile(join(directory, file), 'utf8')] as const)
  const sources = Object.fromEntries(await Promise.all(texts))
  const { abi } = await compileSolidity(sources, 'Cubes3Verifier.sol', 'Cubes3Verifier')
  expect(abi).toContainEqual(expect.objectContaining({ type: 'function', name: 'verifyBatch' }))
})

test('every contract is exported with all that it imports, OpenZeppelin with its licence heads (proof.9)', async () => {
  const names = Object.keys(CONTRACTS) as (keyof typeof CONTRACTS)[]
  const files = await exportContracts(directory, [], { contracts: names })
  const texts = files.map(async (file) => [file, await readFile(join(directory, file), 'utf8')] as const)
  const sources = Object.fromEntries(await Promise.all(texts))
  const foreign = files.filter((file) => file.startsWith('openzeppelin/'))
  expect(foreign).toContain('openzeppelin/access/manager/AccessManager.sol')
  for (const [file, text] of Object.entries(sources)) {
    expect(text, file).toMatch(/^\/\/ SPDX-License-Identifier: MIT\n/)
    expect(text, file).not.toMatch(/^import .*"@/m)
  }
  const placed = names.map((name) => ({
    name,
    path: CONTRACTS[name].replace('@openzeppelin/contracts', 'openzeppelin'),
  }))
  const exported = await compileContracts(sources, placed)
  // The very code that deployments have.
  const own = await compileContracts(
    await contractSources(Object.values(CONTRACTS)),
    names.map((name) => ({ name, path: CONTRACTS[name] })),
  )
  expect(exported.map(({ bytecode }) => bytecode)).toEqual(own.map(({ bytecode }) => bytecode))
})

test('a key of margin or of liquidation brings its gate (proof.9)', async () => {
  for (const [key, signals, gate, other] of [
    [await testKey('fifths-6'), MARGIN_SIGNALS, 'MarginGate.sol', 'LiquidationGate.sol'],
    [await testKey('fifths-7'), LIQUIDATION_SIGNALS, 'LiquidationGate.sol', 'MarginGate.sol'],
  ] as const) {
    const files = await exportContracts(join(directory, gate), [{ ...key, publicSignals: [...signals] }])
    expect(files).toEqual(expect.arrayContaining([gate, 'OwnedEpochs.sol', 'libraries/Groth16.sol']))
    expect(files).not.toContain(other)
  }
})

test('exporting again changes nothing (proof.9)', async () => {
  const keys = [await testKey('squares-3')]
  await exportContracts(directory, keys)
  const first = await readFile(join(directory, 'Squares3Verifier.sol'), 'utf8')
  await exportContracts(directory, keys)
  expect(await readFile(join(directory, 'Squares3Verifier.sol'), 'utf8')).toBe(first)
})

test('two instances that would share a name are refused, and nothing is written (proof.9)', async () => {
  const key = await testKey('squares-3')
  const twins = ['squares-3', 'squares3'].map((name) => ({ ...key, instance: { name } }))
  await expect(exportContracts(directory, twins)).rejects.toMatchObject({ code: 'VERIFIER_NAME' })
  expect(await readdir(directory)).toEqual([])
})

test('an unsound key among the keys is refused, and nothing is written (key.4)', async () => {
  const key = await testKey('squares-3')
  const { delta } = key.verificationKey
  const unsound = { ...key, verificationKey: { ...key.verificationKey, gamma: delta } }
  await expect(
    exportContracts(directory, [key, { ...unsound, instance: { name: 'other' } }]),
  ).rejects.toMatchObject({
    code: 'KEY_UNSOUND',
  })
  expect(await readdir(directory)).toEqual([])
})
