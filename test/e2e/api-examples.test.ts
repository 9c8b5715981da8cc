import { execFile } from 'node:child_process'
import { copyFileSync, cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { zipSync } from 'fflate'
import ts from 'typescript'
import { beforeAll, expect, test } from 'vitest'
import { ROWS, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { buildRiskTable, createOwner, formatRiskTable, readRiskTable } from '../../src/index.js'
import { plimsoll, TEST_CACHE, temporaryFolder } from '../helpers/cli.js'
import { installPacked } from '../helpers/packed.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const project = temporaryFolder()
const at = (path: string) => join(project, path)

/** Examples that are compiled and not run, and why. */
const COMPILED_ONLY: Record<string, string> = {
  archiveSource: 'needs a server',
  assertUnforgeable: 'needs a verifier on a chain',
  BackingShortError: 'needs evidence that shows too little',
  checkReserves: 'needs evidence of reserves',
  collectReserves: 'needs nodes of a chain',
  commitReserves: 'needs evidence of reserves',
  connectChain: 'needs a chain at a fixed address',
  deployAccessManager: 'needs a chain',
  deployLiquidationGate: 'needs a chain',
  deployMarginGate: 'needs a chain',
  deployOwnedEpochs: 'needs a chain',
  deploySolvencyRegistry: 'needs a chain',
  deployCircuitBreaker: 'needs a chain',
  deployRiskRegister: 'needs a chain',
  openCircuitBreaker: 'needs a chain',
  openRiskRegister: 'needs a chain',
  planPublication: 'needs a chain',
  publishEpoch: 'needs a chain',
  deploySystem: 'needs a chain',
  deploymentStatus: 'needs a chain',
  deployVerifier: 'needs a chain and keys of a large instance',
  askContracts: 'needs a node',
  evidenceFolder: 'needs evidence of reserves',
  jsonRpc: 'needs a node',
  makeChallenge: 'needs accounts of reserves',
  openLiquidationGate: 'needs a gate on a chain',
  gateLiquidation: 'needs a liquidation, and so an account that is short',
  parseLiquidation: 'likewise',
  parseLiquidationRecord: 'likewise',
  proveLiquidation: 'likewise',
  readLiquidation: 'likewise',
  readLiquidationRecord: 'likewise',
  readMoved: 'likewise',
  readWatchConfig: 'needs the configuration of a watch',
  verifyLiquidation: 'likewise',
  verifyLiquidationIn: 'likewise',
  checkSettlement: 'needs two epochs that follow one another, and what moved between',
  proveSettlement: 'likewise',
  parseExternal: 'needs a settlement, and so two epochs that follow one another',
  parseSettlement: 'likewise',
  readExternalFile: 'likewise',
  settlementReport: 'likewise',
  verifyExternal: 'likewise',
  verifySettlement: 'likewise',
  withStatement: 'likewise',
  openMarginGate: 'needs a gate on a chain',
  openOwnedEpochs: 'needs a chain',
  openSolvencyRegistry: 'needs a registry on a chain',
  openQueue: 'needs a queue',
  readChainConfig: 'needs a configuration',
  readDeployment: 'needs a deployment on a chain',
  ProofError: 'needs a gate on a chain',
  proveBacking: 'needs evidence of reserves',
  readAccountsCsv: 'needs accounts of reserves',
  readControls: 'needs accounts that have signed',
  startWatch: 'needs the configuration of a watch',
  WatchLoop: 'likewise',
  metricsText: 'likewise',
  startLocalChain: 'needs keys of a large instance',
  signEpochByContract: 'needs a contract that signs',
  SolvencyShortError: 'needs an epoch whose books do not hold',
  Totals: 'needs evidence of reserves',
  urlSource: 'needs a server',
  writeMessages: 'needs accounts of reserves',
  workQueue: 'needs a queue, and does not end',
  verifyOnChain: 'needs a chain and keys of a large instance',
}
/** Examples that make the files which the others read, in their order. */
const FIRST = [
  ...['proveLedger', 'proveSolvency', 'discloseSolvency', 'exportInclusion', 'publishInclusion'],
  'proveMargin',
]

/** What examples take for given, beside the names that the package exports and the files of a venue. */
const GIVEN = 'chain: ChainConnection; opened: OpenedEpoch; pins: KeyPins; rule: MarginRule; table: RiskTable'

/** The examples of everything that a module exports as a value, by its name. */
function examplesIn(entry: string): Map<string, string[]> {
  const program = ts.createProgram([join(ROOT, entry)], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(join(ROOT, entry))!
  const found = new Map<string, string[]>()
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)) {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
    if ((symbol.flags & ts.SymbolFlags.Value) === 0) continue
    const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === 'example')
    found.set(
      exported.name,
      tags.map(({ text }) => ts.displayPartsToString(text)),
    )
  }
  return found
}

const examples = examplesIn('src/index.ts')

/** One module with a function for each example. What an example imports is imported at the top. */
function moduleOf(): string {
  const imports = new Set<string>()
  const functions = [...examples].map(([name, [text]]) => {
    const lines = text!.split('\n')
    for (const line of lines) if (line.startsWith('import ')) imports.add(line)
    const body = lines.filter((line) => !line.startsWith('import ')).map((line) => `    ${line}`)
    return `export async function ${name}_example({ chain, opened, pins, rule, table }: Given) {\n  {\n${body.join('\n')}\n  }\n}`
  })
  return [
    `import { ${[...examples.keys()].join(', ')} } from 'plimsoll'`,
    `import type { ChainConnection, KeyPins, MarginRule, OpenedEpoch, RiskTable } from 'plimsoll'`,
    ...imports,
    `interface Given { ${GIVEN} }`,
    ...functions,
  ].join('\n')
}

/** The examples of what only a browser has, as one module for a page. */
const ofBrowser = [...examplesIn('src/prove.ts')].filter(([name]) => !examples.has(name))
const browserModule = () =>
  [
    `import { ${ofBrowser.map(([name]) => name).join(', ')} } from 'plimsoll/prove'`,
    ...ofBrowser.map(([name, [text]]) => `export async function ${name}_example() {\n${text}\n}`),
  ].join('\n')

/** Runs examples by their names, in the folder that has the venue's files. */
const RUN = `
import { existsSync, writeFileSync } from 'node:fs'
import { openEpoch, openSource, readMarginRule, readPins, readRiskTable, terminateProving } from 'plimsoll'
import * as examples from './examples.js'
const pins = await readPins('pins.json')
const opened = existsSync('inclusion.json') ? await openEpoch(await openSource('epoch'), { pins }) : undefined
const given = { pins, opened, table: await readRiskTable('risk.json'), rule: await readMarginRule('risk.json') }
const ran = {}
for (const name of process.argv.slice(2)) {
  try {
    await examples[name + '_example'](given)
    ran[name] = 'well'
  } catch (error) {
    ran[name] = String(error.stack)
  }
}
await terminateProving()
writeFileSync('ran.json', JSON.stringify(ran))
`

/** What a compiler says to the examples under a way of resolving modules. */
async function compile(options: object, file = 'examples.ts'): Promise<string> {
  const config = { strict: true, target: 'ES2023', types: ['node'], skipLibCheck: true, ...options }
  writeFileSync(at('tsconfig.json'), JSON.stringify({ compilerOptions: config, files: [file] }))
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const done = await promisify(execFile)(process.execPath, [tsc, '-p', project]).catch((error) => error)
  return done.stdout
}

async function expectToRun(names: string[]): Promise<void> {
  const env = { ...process.env, PLIMSOLL_CACHE: TEST_CACHE }
  await promisify(execFile)(process.execPath, ['run.js', ...names], { cwd: project, env })
  const ran = JSON.parse(readFileSync(at('ran.json'), 'utf8'))
  expect(ran).toEqual(Object.fromEntries(names.map((name) => [name, 'well'])))
}

beforeAll(async () => {
  await installPacked(project, ['dependencies', 'optionalDependencies'], ['@types/node'])
  writeFileSync(at('package.json'), JSON.stringify({ name: 'examples', type: 'module' }))
  writeFileSync(at('examples.ts'), moduleOf())
  writeFileSync(at('page.ts'), browserModule())
  writeFileSync(at('run.js'), RUN)
})

test('everything public has one example (cli.30)', () => {
  expect(examples.size).toBeGreaterThan(70)
  for (const [name, texts] of examples) expect(texts, name).toHaveLength(1)
  for (const name of examplesIn('src/verify.ts').keys()) expect(examples.has(name), name).toBe(true)
  for (const name of [...Object.keys(COMPILED_ONLY), ...FIRST]) expect(examples.has(name), name).toBe(true)
})

test('what only a browser has compiles in a page, with one example each (cli.30)', async () => {
  expect(ofBrowser.map(([name]) => name).sort()).toEqual(['browserProver', 'openBrowserArtifacts'])
  for (const [name, texts] of ofBrowser) expect(texts, name).toHaveLength(1)
  const page = {
    module: 'ESNext',
    moduleResolution: 'bundler',
    noEmit: true,
    lib: ['ES2023', 'DOM'],
    types: [],
  }
  expect(await compile(page, 'page.ts')).toBe('')
})

test('examples compile against the package as it is packed, for a bundler and for Node (cli.30)', async () => {
  expect(await compile({ module: 'ESNext', moduleResolution: 'bundler', noEmit: true })).toBe('')
  expect(await compile({ module: 'NodeNext', moduleResolution: 'NodeNext' })).toBe('')
})

test('examples run on the files of a venue (cli.30)', async () => {
  const venue = writeVenue(project)
  const params = {
    schema: 'plimsoll/margin-params/lending/1',
    timestamp: 1_767_225_600,
    quote: 'USD',
    assets: [
      { symbol: 'BTC', decimals: 8, price: '97000', loanToValue: '0.7', liquidationThreshold: '0.75' },
      { symbol: 'ETH', decimals: 8, price: '3300.5', loanToValue: '0.8', liquidationThreshold: '0.825' },
    ],
  }
  const table = buildRiskTable(await readRiskTable(venue.risk), { model: 'lending', cash: 'USDT', params })
  writeFileSync(venue.risk, formatRiskTable(table))
  writeFileSync(at('lending.json'), JSON.stringify(params))
  const owner = await createOwner(at('owner.json'))
  const rows = ROWS.map((row) => [...row, row[0] === 'alice@example.com' ? owner : 0].join(','))
  writeFileSync(venue.accounts, `account_id,instrument,quantity,owner\n${rows.join('\n')}\n`)
  const portfolio = { schema: 'plimsoll/portfolio/1', positions: { BTC: '1.5', USDT: '-20000' } }
  writeFileSync(at('portfolio.json'), JSON.stringify(portfolio))
  const stress = {
    schema: 'plimsoll/stress/1',
    instruments: { BTC: { asset: 'BTC' }, ETH: { asset: 'ETH' }, USDT: { asset: 'USDT' } },
    scenarios: [{ type: 'event', name: '2020-03-12-covid' }],
  }
  writeFileSync(at('stress.json'), JSON.stringify(stress))
  const sizes = { ACCOUNTS: 3, SLOTS: 4, SCENARIOS: 0, PLEDGED: 0 }
  const own = { 'ledger-own-3-4-0-0': { statement: 'ledger', params: sizes } }
  writeFileSync(at('plimsoll.instances.json'), JSON.stringify(own))
  copyFileSync(join(ROOT, 'examples/stress/prices.csv'), at('prices.csv'))
  copyFileSync(join(ROOT, 'examples/exchange/tiers.csv'), at('tiers.csv'))
  copyFileSync(join(ROOT, 'examples/reserves/published.csv'), at('published.csv'))
  cpSync(join(ROOT, 'examples/lending'), at('examples/lending'), { recursive: true })
  copyFileSync(join(ROOT, 'examples/exchange/instruments.csv'), at('instruments.csv'))
  writeFileSync(at('second-prices.csv'), 'symbol,price\nBTC,97000\n')
  writeFileSync(at('words.json'), JSON.stringify({ schema: 'plimsoll/words/1' }))
  const instances = ['ledger-tiny', 'ledger-tiny-wide', 'solvency-tiny', 'margin-tiny']
  const setup = await plimsoll('setup', ...instances, '--pins', at('pins.json'))
  expect(setup.code, setup.stderr).toBe(0)

  await expectToRun(FIRST)
  cpSync(at('epoch'), at('published/2026-01'), { recursive: true })
  const files = readdirSync(at('epoch'), { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(at(join('epoch', path))).isFile())
    .map((path) => [path, new Uint8Array(readFileSync(at(join('epoch', path))))] as const)
  writeFileSync(at('epoch.zip'), zipSync(Object.fromEntries(files)))
  const rest = [...examples.keys()].filter((name) => !FIRST.includes(name) && !(name in COMPILED_ONLY))
  expect(rest.length).toBeGreaterThan(60)
  await expectToRun(rest)
})

test('what the examples made verifies without the optional dependencies (supply.3)', async () => {
  const light = temporaryFolder()
  await installPacked(light, ['dependencies'])
  const main = join(light, 'node_modules/plimsoll/dist/cli/main.js')
  for (const [verdict, ...args] of [
    ['valid', 'verify', 'epoch'],
    ['verdict', 'inclusion', 'verify', 'inclusion.json', '--epoch', 'epoch'],
    ['valid', 'margin', 'verify', 'proof.json', '--epoch', 'epoch'],
  ] as const) {
    const given = [main, ...args, '--pins', 'pins.json', '--json']
    const { stdout } = await promisify(execFile)(process.execPath, given, { cwd: project })
    expect([true, 'included']).toContain(JSON.parse(stdout)[verdict])
  }
})
