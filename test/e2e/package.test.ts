import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { testKey } from '../../scripts/contract-fixtures/statements.js'
import { run } from '../../scripts/run.js'
import { exportContracts } from '../../src/chain/index.js'
import { temporaryFolder } from '../helpers/cli.js'
import { installPacked } from '../helpers/packed.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const own = createRequire(import.meta.url)
const consumer = join(temporaryFolder(), 'consumer')
/** Resolves as a file of a project that has the package installed. */
const { resolve } = createRequire(join(consumer, 'index.js'))

let archive: string

beforeAll(async () => {
  archive = await installPacked(consumer, [], ['@openzeppelin/contracts'])
})

const filesOf = (folder: string, ending: RegExp) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => `${folder}/${path}`)

describe('the package as it is packed (cli.22)', () => {
  test('gives out its contracts, circuits and package.json, and nothing of what is inside', () => {
    const shipped = [
      'package.json',
      ...filesOf('contracts', /\.sol$/),
      ...filesOf('circuits', /\.circom$|^instances\.json$/),
    ]
    expect(shipped.length).toBeGreaterThan(20)
    for (const path of shipped) {
      const found = readFileSync(resolve(`plimsoll/${path}`), 'utf8')
      expect(found, path).toBe(readFileSync(join(ROOT, path), 'utf8'))
    }
    expect(() => resolve('plimsoll/dist/chain/index.js')).toThrow(/not defined by "exports"/)
  })

  test.each([
    ['publint', ['run', '--strict']],
    ['attw', ['--profile', 'esm-only']],
  ])('%s has nothing to say about it', async (linter, args) => {
    const { code, said, out } = await run(join(ROOT, 'node_modules/.bin', linter), [...args, archive])
    expect(code, said + out).toBe(0)
  })

  /** Sources by the names that they are imported by; a name of the package is resolved as Node does. */
  function withImports(sources: Record<string, string>): Record<string, { content: string }> {
    const all: Record<string, { content: string }> = {}
    const add = (name: string, content: string) => {
      if (name in all) return
      all[name] = { content }
      for (const [, imported] of content.matchAll(/^import .*"(.+)";$/gm)) {
        const target = imported!.startsWith('.') ? normalize(join(name, '..', imported!)) : imported!
        add(target, sources[target] ?? readFileSync(resolve(target), 'utf8'))
      }
    }
    for (const [name, content] of Object.entries(sources)) add(name, content)
    return all
  }

  test.each([
    ['the oldest compiler that they name', 'solc-lowest', '0.8.25'],
    ['the newest that there is here', 'solc', '0.8.37'],
  ])('compiles elsewhere with %s', async (_, compiler, version) => {
    expect(own(`${compiler}/package.json`).version).toBe(version)
    const [, lender] = /```solidity\n([^`]+)```/.exec(readFileSync(join(ROOT, 'docs/margin.md'), 'utf8'))!
    const folder = join(consumer, compiler)
    const exported = await exportContracts(folder, [await testKey('squares-3')])
    const sources = withImports({
      ...Object.fromEntries(exported.map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
      'Lender.sol': lender!,
      'OwnGate.sol': `pragma solidity ^${version};
import {MarginGate} from "plimsoll/contracts/MarginGate.sol";
import {OwnedEpochs} from "plimsoll/contracts/OwnedEpochs.sol";
contract OwnGate is MarginGate {
  constructor() MarginGate(msg.sender, "own", new OwnedEpochs(msg.sender), "venue") {}
}`,
      'OwnRegistry.sol': `pragma solidity ^${version};
import {SolvencyRegistry} from "plimsoll/contracts/SolvencyRegistry.sol";
contract OwnRegistry is SolvencyRegistry { constructor() SolvencyRegistry(msg.sender) {} }`,
    })
    // No settings: what a project gets that says nothing.
    const settings = { outputSelection: { '*': { '*': ['evm.bytecode.object'] } } }
    const { compile } = own(compiler) as { compile(input: string): string }
    const { errors = [], contracts } = JSON.parse(
      compile(JSON.stringify({ language: 'Solidity', sources, settings })),
    )
    const fatal = errors.filter(({ severity }: { severity: string }) => severity === 'error')
    expect(fatal.map((error: { formattedMessage: string }) => error.formattedMessage)).toEqual([])
    for (const name of ['Lender', 'OwnGate', 'OwnRegistry', 'Squares3Verifier']) {
      expect(contracts[`${name}.sol`][name].evm.bytecode.object, name).toMatch(/^[0-9a-f]{200,}$/)
    }
  })
})

describe('contracts of the package in projects of others (cli.22)', () => {
  const integrator = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;
import {RiskRegister} from "plimsoll/contracts/RiskRegister.sol";
import {SolvencyRegistry} from "plimsoll/contracts/SolvencyRegistry.sol";
import {ISolvencyOracle} from "plimsoll/contracts/interfaces/ISolvencyOracle.sol";
contract Deposits {
  ISolvencyOracle public immutable oracle;
  bytes32 public immutable venue;
  constructor(ISolvencyOracle oracle_, bytes32 venue_) { (oracle, venue) = (oracle_, venue_); }
  function deposit() external payable { oracle.requireSolvent(venue); }
}
contract OwnRegistry is SolvencyRegistry { constructor() SolvencyRegistry(msg.sender) {} }
`

  test('forge builds what imports them, with the remappings that the guide names', async () => {
    mkdirSync(join(consumer, 'src'))
    writeFileSync(join(consumer, 'src/Deposits.sol'), integrator)
    const guide = readFileSync(join(ROOT, 'docs/library.md'), 'utf8')
    const [, remappings] = /`remappings.txt`:\n\n```\n([^`]+)```/.exec(guide)!
    writeFileSync(join(consumer, 'remappings.txt'), remappings!)
    const solc = JSON.stringify(join(ROOT, 'scripts/bin/solc'))
    writeFileSync(
      join(consumer, 'foundry.toml'),
      `[profile.default]\nsrc = "src"\nsolc = ${solc}\noffline = true\nallow_paths = [${JSON.stringify(ROOT)}]\n`,
    )
    const forge = [join(ROOT, 'scripts/bin/forge'), 'build', '--root', consumer]
    // The examples are there to be copied.
    const examples = join(consumer, 'src/examples')
    cpSync(join(dirname(resolve('plimsoll/package.json')), 'examples/contracts'), examples, {
      recursive: true,
    })
    const [, vault] = /```solidity\n([^`]+)```/.exec(readFileSync(join(examples, 'README.md'), 'utf8'))!
    writeFileSync(join(examples, 'ExchangeVault.sol'), vault!)
    const { code, said, out } = await run(process.execPath, forge)
    expect(code, said + out).toBe(0)
    const artifact = readFileSync(join(consumer, 'out/Deposits.sol/OwnRegistry.json'), 'utf8')
    expect(JSON.parse(artifact).bytecode.object).toMatch(/^0x[0-9a-f]{200,}$/)
    expect(existsSync(join(consumer, 'out/ExchangeVault.sol/ExchangeVault.json'))).toBe(true)
  })

  test('plimsoll/abi gives the ABIs of the compiler, and loads nothing else', async () => {
    writeFileSync(
      join(consumer, 'abi.mjs'),
      `import * as abis from 'plimsoll/abi'
const names = (abi) => abi.flatMap(({ type, name }) => (type === 'function' ? [name] : []))
console.log(JSON.stringify(Object.fromEntries(Object.entries(abis).map(([key, abi]) => [key, names(abi)]))))`,
    )
    // Without viem, which the package itself cannot be loaded without.
    const { code, said, out } = await run(process.execPath, [join(consumer, 'abi.mjs')])
    expect(code, said).toBe(0)
    const found = JSON.parse(out) as Record<string, string[]>
    expect(found.SOLVENCY_ORACLE_ABI).toEqual(expect.arrayContaining(['requireSolvent', 'status']))
    expect(found.SOLVENCY_REGISTRY_ABI).toEqual(expect.arrayContaining(['finalize', 'registerKey', 'status']))
    for (const names of Object.values(found)) expect(names.length).toBeGreaterThan(0)
  })
})

describe('the package without its optional dependencies (supply.3)', () => {
  const light = join(temporaryFolder(), 'light')
  const { version, optionalDependencies } = own('../../package.json')
  const cli = (...args: string[]) =>
    run(process.execPath, [join(light, 'node_modules/plimsoll/dist/cli/main.js'), ...args])
  const install = (...names: string[]) =>
    `Install it: \`npm install ${names.map((name) => `${name}@${optionalDependencies[name]}`).join(' ')}\`.`

  beforeAll(async () => {
    await installPacked(light, ['dependencies'])
  })

  test('starts, and a command that needs one that is missing names it and says how to install it', async () => {
    const started = await cli('--version')
    expect([started.code, started.out.trim()]).toEqual([0, version])
    const venue = (name: string) => join(ROOT, 'examples/venue', name)
    const books = ['--accounts', venue('accounts.csv'), '--risk', venue('risk.json')]
    for (const [args, hint] of [
      [['ledger', 'check', ...books], install('@duckdb/node-api')],
      [['setup', 'ledger-tiny'], install('circom2', 'circomlib')],
      [['verify', venue('')], expect.stringContaining('--pins')],
    ] as const) {
      const { code, out } = await cli(...args, '--json')
      expect([code, JSON.parse(out).error]).toMatchObject([2, { code: 'PACKAGE_MISSING', hint }])
    }
  })

  test('loads as a library, and its calls name what they miss', async () => {
    writeFileSync(
      join(light, 'calls.mjs'),
      `import * as verifier from 'plimsoll/verify'
import { snarkjsProver, startLocalChain } from 'plimsoll'
import { compileSolidity } from './node_modules/plimsoll/dist/chain/compile.js'
const errorOf = (call) => call.then(() => 'none', ({ code, hint }) => code + ': ' + hint)
console.log(JSON.stringify([
  typeof verifier.openEpoch,
  await errorOf(snarkjsProver.prove({}, {})),
  await errorOf(startLocalChain()),
  await errorOf(compileSolidity({}, 'A.sol', 'A')),
]))`,
    )
    const { code, out, said } = await run(process.execPath, [join(light, 'calls.mjs')])
    expect(code, said).toBe(0)
    expect(JSON.parse(out)).toEqual([
      'function',
      `PACKAGE_MISSING: ${install('snarkjs')}`,
      `PACKAGE_MISSING: ${install('@foundry-rs/anvil')}`,
      `PACKAGE_MISSING: ${install('solc')}`,
    ])
  })
})
