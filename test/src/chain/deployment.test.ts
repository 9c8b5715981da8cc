import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Abi,
  type AbiFunction,
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  parseEther,
  toFunctionSelector,
  zeroAddress,
} from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testKey } from '../../../scripts/contract-fixtures/statements.js'
import { ACCESS_MANAGER_ABI, INSURANCE_FUND_ABI } from '../../../src/abi.js'
import {
  ACCESS,
  type AccessContract,
  type ChainConfig,
  type ChainConnection,
  chainConfigSchema,
  connectChain,
  type Deployment,
  type DeploymentRequest,
  deployAccessManager,
  deploymentSchema,
  deploymentStatus,
  deploySystem,
  type LocalChain,
  ROLES,
  startLocalChain,
  tryDeployment,
  venueId,
} from '../../../src/chain/index.js'
import { dryRun } from '../../../src/chain/transaction.js'
import { withFileLock } from '../../../src/files/index.js'
import { verificationKeyHash } from '../../../src/groth16/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { startLyingNode } from '../../helpers/rpc-server.js'
import { watchOnce } from '../../helpers/watch-once.js'

const [ADMIN, GOVERNOR, OPERATOR, GUARDIAN, STRANGER] = ['a1', 'b2', 'c3', 'd4', 'e5'].map(
  (end) => `0x${end.padStart(40, '7')}` as Address,
) as [Address, Address, Address, Address, Address]
const VENUE = 'Tiny Venue'
/** Contracts that answer everything with 8, which feeds have as their decimals. */
const FEEDS = ['f1', 'f2'].map((end) => `0x${end.padStart(40, '7')}` as Address)
const ANSWERS_EIGHT = '0x60085f5260205ff3'
const INSTRUMENT = {
  ...{ instrument: 3, decimals: 6, sources: FEEDS.map((feed) => ({ feed, maxAge: 3_600 })) },
  bounds: {
    ...{ proposePpm: 10_000, suspendPpm: 50_000, spreadPpm: 20_000 },
    ...{ quorum: 2, window: 0, maxGap: 3_600 },
  },
}
const CONFIG = {
  schema: 'plimsoll/chain-config/1',
  admin: ADMIN,
  governors: [GOVERNOR],
  riskOperators: [OPERATOR],
  guardians: [GUARDIAN],
  riskRegister: { instruments: [INSTRUMENT] },
  keys: [{ instance: 'squares-2' }],
  venues: [
    {
      name: VENUE,
      operator: STRANGER,
      terms: { maxAge: 86_400, maxLag: 3_600 },
      policy: { digest: '12', text: 'ab'.repeat(32) },
      scenarios: ['crash'],
      guards: ['tables', 'levels', 'backing'],
    },
  ],
}
/** Six contracts, a verifier and its key, an instrument, four transactions of the venue, and the rights. */
const TRANSACTIONS = 14

let local: LocalChain
let chain: ChainConnection
let made: Awaited<ReturnType<typeof deploySystem>>

const requestOf = async (changes: object = {}, out = join(temporaryFolder(), 'deployment.json')) => {
  const key = await testKey('squares-2')
  const config: ChainConfig = chainConfigSchema.parse({ ...CONFIG, ...changes })
  const known = { key, keyHash: verificationKeyHash(key.verificationKey), statement: 'ledger' }
  const request: DeploymentRequest = {
    ...{ config, keys: config.keys.map(() => known), out, overwrite: false },
  }
  return request
}
const sent = () => chain.reader.getTransactionCount({ address: chain.writer!.account.address })
const rpc = (method: string, ...params: unknown[]) =>
  chain.reader.request({ method, params } as never) as Promise<unknown>
const statusOf = async (record: Deployment) =>
  deploymentStatus(chain, record, { keys: [{ key: await testKey('squares-2') }] })

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  for (const feed of FEEDS) await rpc('anvil_setCode', feed, ANSWERS_EIGHT)
  made = await deploySystem(chain, await requestOf(), () => {})
})
afterAll(() => local?.stop())

/** A call of a contract by somebody, on the chain as it is: the name of its error, or nothing. */
async function errorOf(
  contract: AccessContract,
  entry: AbiFunction,
  caller: Address,
): Promise<string | undefined> {
  const abi = [...(ACCESS[contract].abi as Abi), ...ACCESS_MANAGER_ABI]
  const data = encodeFunctionData({ abi: [entry], args: entry.inputs.map(nothing) })
  const to = made.deployment.contracts[contract]!.address as Address
  const failure = await dryRun(
    { ...chain, writer: { account: { address: caller } } as never },
    { to, data, abi },
  )
  return failure && (failure.errorName ?? failure.why)
}

/** A value of a type with nothing in it. */
function nothing(type: AbiFunction['inputs'][number]): unknown {
  const list = /^(.*)\[(\d*)\]$/.exec(type.type)
  if (list) return Array.from({ length: Number(list[2]) }, () => nothing({ ...type, type: list[1]! }))
  if (type.type === 'tuple') {
    const parts = (type as { components: AbiFunction['inputs'] }).components
    return Object.fromEntries(parts.map((part) => [part.name, nothing(part)]))
  }
  if (type.type === 'address') return zeroAddress
  if (type.type === 'bool') return false
  if (type.type === 'string') return ''
  if (type.type.startsWith('bytes')) return `0x${'00'.repeat(Number(type.type.slice(5)))}`
  return 0n
}

const CONTRACTS = Object.keys(ACCESS) as AccessContract[]
/** The functions of a contract that change something, but for that by which the manager replaces itself. */
const writesOf = (contract: AccessContract) =>
  (ACCESS[contract].abi as Abi).filter(
    (entry): entry is AbiFunction =>
      entry.type === 'function' &&
      !['view', 'pure'].includes(entry.stateMutability) &&
      entry.name !== 'setAuthority',
  )
const restrictedOf = (contract: AccessContract) =>
  Object.entries(ACCESS[contract].restricted).flatMap(([role, names]) =>
    names.map((name) => ({ role: role as keyof typeof ROLES, name })),
  )

describe('who may call what (chain.1)', () => {
  test('I11: the table names every function that changes something, once, and no other', () => {
    for (const contract of CONTRACTS) {
      const { operator, public: open } = ACCESS[contract]
      const named = [...restrictedOf(contract).map(({ name }) => name), ...operator, ...open]
      expect(named.toSorted(), contract).toEqual(
        writesOf(contract)
          .map(({ name }) => name)
          .toSorted(),
      )
    }
  })

  test('I11: the page of the contracts has the same table', () => {
    const page = readFileSync(new URL('../../../contracts/README.md', import.meta.url), 'utf8')
    const cell = (names: readonly string[]) =>
      names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ')
    for (const contract of CONTRACTS) {
      const { operator, public: open } = ACCESS[contract]
      const [governor, riskOperator, guardian] = (['governor', 'riskOperator', 'guardian'] as const).map(
        (role) => restrictedOf(contract).flatMap((one) => (one.role === role ? [one.name] : [])),
      )
      const name = `${contract[0]!.toUpperCase()}${contract.slice(1)}`
      const cells = [governor!, riskOperator!, guardian!, operator, open].map(cell)
      expect(page).toContain(`| \`${name}\` | ${cells.join(' | ')} |\n`)
    }
  })

  test('I11: a stranger is refused what is restricted, and only that; each role has its own', async () => {
    const member = { governor: GOVERNOR, riskOperator: OPERATOR, guardian: GUARDIAN }
    const REFUSED = 'AccessManagedUnauthorized'
    let tried = 0
    for (const contract of CONTRACTS) {
      for (const entry of writesOf(contract)) {
        const where = `${contract}.${entry.name}`
        const role = restrictedOf(contract).find(({ name }) => name === entry.name)?.role
        const stranger = await errorOf(contract, entry, STRANGER)
        if (role === undefined) expect(stranger, where).not.toBe(REFUSED)
        else expect(stranger, where).toBe(REFUSED)
        for (const [name, address] of Object.entries(member)) {
          const said = await errorOf(contract, entry, address)
          if (role === undefined) expect(said, where).not.toBe(REFUSED)
          else if (name !== role) expect(said, `${where} by ${name}`).toBe(REFUSED)
          else if (name === 'governor') expect(said, where).toBe('AccessManagerNotScheduled')
          else expect(['AccessManagerNotScheduled', REFUSED], where).not.toContain(said)
        }
        const deployer = await errorOf(contract, entry, chain.writer!.account.address)
        if (role !== undefined) expect(deployer, `${where} by the deployer`).toBe(REFUSED)
        tried++
      }
    }
    expect(tried).toBeGreaterThan(30)
  })
})

describe('a deployment (chain.2)', () => {
  test('I11: reads back as the table has it, with nothing left to the account that deployed', async () => {
    const { status, deployment } = made
    expect(status.differences).toEqual([])
    expect(status.valid).toBe(true)
    expect(status.roles.map(({ role, delay }) => [role, delay])).toEqual([
      ['ADMIN', 432_000],
      ['GOVERNOR', 172_800],
      ['RISK_OPERATOR', 0],
      ['GUARDIAN', 0],
    ])
    expect(status.roles.map(({ member }) => member.toLowerCase())).not.toContain(deployment.deployer)
    expect(status.contracts.map(({ code }) => code)).toEqual(Array(7).fill('as compiled here'))
    expect(status.venues).toEqual([{ name: VENUE, state: 'never', epoch: 0, takenAt: 0, until: 0 }])
    expect(status.notes).toEqual([
      expect.stringContaining('the administrator is no contract'),
      expect.stringContaining('are in force from'),
    ])
    expect(await sent()).toBe(TRANSACTIONS)
  })

  test('leaves its record, and the inputs that the very code is compiled of', async () => {
    const [record, input, contracts] = made.files.map((path) => JSON.parse(readFileSync(path, 'utf8')))
    expect(deploymentSchema.parse(record)).toEqual(made.deployment)
    expect(existsSync(`${made.files[0]}.journal`)).toBe(false)
    expect(input.settings.optimizer).toEqual({ enabled: true, runs: 10_000 })
    expect(Object.keys(input.sources)).toContain('@openzeppelin/contracts/access/manager/AccessManager.sol')
    expect(contracts.compiler).toMatch(/^0\.8\.\d+\+commit\./)
    for (const { contract, address, constructorArguments } of contracts.contracts) {
      const one = [...Object.values(record.contracts), ...record.keys].find(
        (known) => known.address === address.toLowerCase(),
      )
      const { input: code } = await chain.reader.getTransaction({ hash: one.transaction })
      expect(code.endsWith(constructorArguments.slice(2)), contract).toBe(true)
    }
    await expect(deploySystem(chain, await requestOf({}, made.files[0]), () => {})).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    })
  })

  test('is tried with its costs, and nothing is sent', async () => {
    const before = await sent()
    const { steps } = await tryDeployment(chain, await requestOf())
    expect(steps).toHaveLength(TRANSACTIONS)
    for (const { title, gas } of steps) expect(gas, title).toBeGreaterThan(40_000n)
    expect(await sent()).toBe(before)
    const odd = { instrument: 3, decimals: 8, bounds: BOUNDS, sources: [STRANGER, GUARDIAN].map(feedAt) }
    const failing = await requestOf({ riskRegister: { instruments: [odd] } })
    await expect(tryDeployment(chain, failing)).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringContaining('watching instrument 3: UnfitSources(3)'),
    })
  })
})

const BOUNDS = {
  ...{ proposePpm: 10_000, suspendPpm: 50_000, spreadPpm: 20_000 },
  ...{ quorum: 2, window: 0, maxGap: 600 },
}
const feedAt = (feed: Address) => ({ feed, maxAge: 3_600 })

describe('an administrator without delay (chain.3)', () => {
  test('S45: is refused before anything is sent', async () => {
    const before = await sent()
    for (const [where, changes] of [
      ['admin', { admin: chain.writer!.account.address }],
      ['delays.admin', { delays: { admin: 31 * 86_400, governor: 1, grant: 1 } }],
    ] as const) {
      await expect(deploySystem(chain, await requestOf(changes), () => {})).rejects.toMatchObject({
        code: 'GOVERNANCE',
        where,
      })
    }
    // Where contracts are of value, a day is the least.
    for (const name of ['admin', 'governor', 'grant']) {
      const delays = { admin: 86_400, governor: 86_400, grant: 86_400, [name]: 86_399 }
      const request = await requestOf({ delays })
      await expect(deploySystem({ ...chain, chainId: 1 }, request, () => {})).rejects.toMatchObject({
        ...{ code: 'GOVERNANCE', where: `delays.${name}` },
      })
      const none = { ...CONFIG, delays: { ...delays, [name]: 0 } }
      expect(chainConfigSchema.safeParse(none).success).toBe(false)
    }
    expect(await sent()).toBe(before)
  })

  test('a node of another chain than is meant is refused before anything is sent', async () => {
    const before = await sent()
    for (const run of [tryDeployment, deploySystem]) {
      await expect(run(chain, await requestOf({ chainId: '1' }), () => {})).rejects.toMatchObject({
        ...{ code: 'CHAIN_ID', message: expect.stringContaining('on chain 31337, not on 1') },
      })
    }
    expect(chainConfigSchema.safeParse({ ...CONFIG, chainId: 1 }).success).toBe(false)
    expect(await sent()).toBe(before)
  })

  test('S45: is found when it is read back', async () => {
    const { address } = await deployAccessManager(chain)
    const accessManager = { ...made.deployment.contracts.accessManager, address: address.toLowerCase() }
    const record = { ...made.deployment, contracts: { ...made.deployment.contracts, accessManager } }
    const { valid, differences } = await statusOf(record)
    expect(valid).toBe(false)
    const admin = chain.writer!.account.address
    expect(differences).toContainEqual({
      of: `ADMIN: ${getAddress(admin)}`,
      expected: 'none',
      found: 'member, delay 0 s',
    })
    expect(differences).toContainEqual({
      ...{ of: 'solvencyRegistry.stopKey', expected: 'GUARDIAN', found: 'ADMIN' },
    })
    expect(differences).toContainEqual(expect.objectContaining({ of: 'solvencyRegistry.authority' }))
  })

  test('S45: is not hidden by a record that begins after it was made', async () => {
    const { address, transaction } = await deployAccessManager(chain)
    const grant = async (account: Address) => {
      const args = [0n, account, 0] as const
      const data = encodeFunctionData({ abi: ACCESS_MANAGER_ABI, functionName: 'grantRole', args })
      const hash = await chain.writer!.sendTransaction({ to: address, data })
      return Number((await chain.reader.waitForTransactionReceipt({ hash })).blockNumber)
    }
    const hidden = await grant(STRANGER)
    const shown = await grant(ADMIN)
    const accessManager = { address: address.toLowerCase(), transaction }
    const contracts = { ...made.deployment.contracts, accessManager }
    const about = async (deployedAt: number) =>
      (await statusOf({ ...made.deployment, contracts, deployedAt })).differences.map(({ of }) => of)
    const [right, kept] = ['accessManager: made in block', `ADMIN: ${getAddress(STRANGER)}`]
    const honest = await about(hidden - 1)
    expect(honest).toContain(kept)
    expect(honest).not.toContain(right)
    const late = await about(shown)
    expect(late).not.toContain(kept)
    expect(late).toContain(right)
    // Another transaction than the one that made it does not pass for that one.
    const [other] = made.deployment.keys
    const swapped = { ...contracts, accessManager: { ...accessManager, transaction: other!.transaction } }
    const { differences } = await statusOf({ ...made.deployment, contracts: swapped })
    expect(differences).toContainEqual({
      of: `accessManager: made by ${other!.transaction}`,
      expected: accessManager.address,
      found: other!.address,
    })
  })
})

describe('what governors change later (chain.4)', () => {
  test('waits for its delay, is announced, and is a difference then', async () => {
    const { contracts } = made.deployment
    const [manager, registry] = [contracts.accessManager, contracts.solvencyRegistry].map(
      ({ address }) => address as Address,
    ) as [Address, Address]
    const stop = toFunctionSelector('function stopKey(bytes32)')
    const change = encodeFunctionData({
      abi: ACCESS_MANAGER_ABI,
      functionName: 'setTargetFunctionRole',
      args: [registry, [stop], ROLES.governor.id],
    })
    const schedule = encodeFunctionData({
      abi: ACCESS_MANAGER_ABI,
      functionName: 'schedule',
      args: [manager, change, 0],
    })
    for (const account of [ADMIN, GOVERNOR]) {
      await rpc('anvil_impersonateAccount', account)
      await rpc('anvil_setBalance', account, `0x${parseEther('10').toString(16)}`)
    }
    const send = async (data: Hex, from = ADMIN, to = manager) => {
      const hash = (await rpc('eth_sendTransaction', { from, to, data })) as Hex
      return (await chain.reader.waitForTransactionReceipt({ hash })).status
    }
    const fund = contracts.insuranceFund!.address as Address
    const beneficiary = `0x${'cd'.repeat(32)}` as const
    const raise = encodeFunctionData({
      ...{ abi: INSURANCE_FUND_ABI, functionName: 'setCeiling', args: [beneficiary, zeroAddress, 77n] },
    })
    const scheduleRaise = encodeFunctionData({
      ...{ abi: ACCESS_MANAGER_ABI, functionName: 'schedule', args: [fund, raise, 0] },
    })
    expect(await send(change)).toBe('reverted')
    expect(await send(schedule)).toBe('success')
    expect(await send(scheduleRaise, GOVERNOR)).toBe('success')
    const announced = await statusOf(made.deployment)
    expect(announced.valid).toBe(true)
    expect(announced.notes).toContainEqual(expect.stringContaining(`${getAddress(ADMIN)} may call`))
    await rpc('evm_increaseTime', 5 * 86_400 + 1)
    await rpc('evm_mine')
    expect(await send(change)).toBe('success')
    expect(await send(raise, GOVERNOR, fund)).toBe('success')
    const changed = await statusOf(made.deployment)
    expect(changed.differences).toEqual([
      { of: 'solvencyRegistry.stopKey', expected: 'GUARDIAN', found: 'GOVERNOR' },
    ])
    // All delays are in force by now, and nothing waits.
    expect(changed.notes).toEqual([
      expect.stringContaining('the administrator is no contract'),
      `the ceiling of ${beneficiary} for ${zeroAddress} is 77`,
    ])
  })

  test('other code, another venue, key or setting than recorded is a difference each', async () => {
    const { deployment } = made
    const { settings } = deployment
    const { riskRegister, insuranceFund } = deployment.contracts
    const watching = (changes: object): Deployment => ({
      ...deployment,
      settings: { ...settings, riskRegister: { ...settings.riskRegister!, ...changes } },
    })
    const [venue] = deployment.venues
    const [key] = deployment.keys
    for (const [of, record] of [
      [
        'code of InsuranceFund',
        { ...deployment, contracts: { ...deployment.contracts, insuranceFund: riskRegister! } },
      ],
      [
        'riskRegister.valueDecimals',
        {
          ...deployment,
          settings: { ...settings, riskRegister: { ...settings.riskRegister!, valueDecimals: 6 } },
        },
      ],
      ['riskRegister.windows', watching({ windows: { veto: 601, lifetime: 604_800, maxLag: 86_400 } })],
      ['instrument 3', watching({ instruments: [] })],
      ['instrument 4', watching({ instruments: [INSTRUMENT, { ...INSTRUMENT, instrument: 4 }] })],
      ['instrument 3: decimals', watching({ instruments: [{ ...INSTRUMENT, decimals: 7 }] })],
      [
        'instrument 3: feeds',
        watching({ instruments: [{ ...INSTRUMENT, sources: INSTRUMENT.sources.toReversed() }] }),
      ],
      [
        'instrument 3: bounds',
        watching({ instruments: [{ ...INSTRUMENT, bounds: { ...INSTRUMENT.bounds, window: 60 } }] }),
      ],
      [
        'circuitBreaker.bands',
        {
          ...deployment,
          settings: {
            ...settings,
            circuitBreaker: {
              ...settings.circuitBreaker!,
              bands: { caution: 1, restricted: 130_000, halted: 200_000 },
            },
          },
        },
      ],
      [`${VENUE}: operator`, { ...deployment, venues: [{ ...venue!, operator: GUARDIAN.toLowerCase() }] }],
      [
        `${VENUE}: policy`,
        { ...deployment, venues: [{ ...venue!, policy: { ...venue!.policy!, digest: '13' } }] },
      ],
      [`${VENUE}: scenarios`, { ...deployment, venues: [{ ...venue!, scenarios: [] }] }],
      [`${VENUE}: levels`, { ...deployment, venues: [{ ...venue!, guards: ['tables' as const] }] }],
      ['key of squares-2: window', { ...deployment, keys: [{ ...key!, until: key!.until - 1 }] }],
      ['key of squares-2: verifier', { ...deployment, keys: [{ ...key!, address: insuranceFund!.address }] }],
    ] satisfies [string, Deployment][]) {
      const found = statusOf(record)
      if (of === 'key of squares-2: verifier')
        await expect(found).rejects.toMatchObject({ code: 'NOT_THE_CONTRACT' })
      else if (of === 'code of InsuranceFund')
        await expect(found).rejects.toMatchObject({ code: 'NOT_THE_CONTRACT' })
      else
        expect(
          (await found).differences.map((one) => one.of),
          of,
        ).toContain(of)
    }
    // Another hash is another key; the code to compare it with is compiled already.
    const unknown = await statusOf({
      ...deployment,
      ...{ keys: [{ ...key!, keyHash: 'ab'.repeat(32) }], venues: [] },
    })
    expect(unknown.notes).toContainEqual(`a venue that the record does not have: ${VENUE}`)
    expect(unknown.notes).toContainEqual(expect.stringContaining('a key that the record does not have'))
  })
})

test('a watch tells balance, floor and cover of a fund, each after the block that counts (watch.33)', async () => {
  const { accessManager, insuranceFund } = made.deployment.contracts
  const [manager, fund] = [accessManager, insuranceFund!].map(({ address }) => address as Address)
  await rpc('anvil_impersonateAccount', GOVERNOR)
  await rpc('anvil_setBalance', GOVERNOR, `0x${parseEther('10').toString(16)}`)
  const send = async (
    to: Address,
    name: string,
    args: readonly unknown[],
    { from = GOVERNOR, value = 0n } = {},
  ) => {
    const abi = to === manager ? ACCESS_MANAGER_ABI : INSURANCE_FUND_ABI
    const data = encodeFunctionData({ abi: abi as Abi, functionName: name, args })
    const hash = (await rpc('eth_sendTransaction', {
      from,
      to,
      data,
      value: `0x${value.toString(16)}`,
    })) as Hex
    expect((await chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })).status).toBe(
      'success',
    )
  }
  const deposit = (ether: string) =>
    send(fund!, 'deposit', [zeroAddress, parseEther(ether)], { value: parseEther(ether) })
  const keepers = { cash: `0x${'c1'.repeat(32)}`, perps: `0x${'c2'.repeat(32)}` } as const
  const settings = Object.values(keepers).flatMap((id) => [
    ['setBeneficiary', [id, venueId(VENUE), GOVERNOR]] as const,
    ['setCeiling', [id, zeroAddress, parseEther('2')]] as const,
  ])
  for (const [functionName, args] of settings) {
    const data = encodeFunctionData({ abi: INSURANCE_FUND_ABI as Abi, functionName, args })
    await send(manager!, 'schedule', [fund, data, 0])
  }
  await rpc('evm_increaseTime', 172_801)
  for (const [name, args] of settings) await send(fund!, name, args)
  await deposit('2')
  await send(fund!, 'raiseFloor', [keepers.cash, zeroAddress, parseEther('1.5')])
  await send(fund!, 'raiseFloor', [keepers.perps, zeroAddress, parseEther('0.25')])
  // What the chain calls final is 64 blocks behind its last one.
  await deposit('3')
  await rpc('anvil_mine', '0x3e', '0xc')
  await deposit('1')
  const beneficiaries = Object.entries(keepers).map(([name, id]) => ({ name, id }))
  const tokens = [
    { name: 'ether', address: 'native', decimals: 18 },
    // It answers everything with 8.
    { name: 'eight', address: FEEDS[0]!, decimals: 6 },
  ]
  const finalities = [0, 1, 63, 64, 'finalized'] as const
  const watched = {
    chains: finalities.map((finality) => ({
      ...{ name: `${finality}`, rpc: local.rpcUrl, chainId: `${local.chainId}`, finality },
      fund: { address: fund, tokens, beneficiaries },
    })),
  }
  const last = Number((await chain.reader.getBlock()).timestamp)
  const samples = await watchOnce(last + 7, watched)
  const told = (name: string, labels: object) =>
    samples
      .filter((each) => each.name === `plimsoll_${name}`)
      .filter((each) => Object.entries(labels).every(([label, value]) => each.labels[label] === value))
      .map(({ value }) => value)
  expect(told('fund_balance', { token: 'ether' })).toEqual([6, 5, 5, 2, 2])
  expect(told('fund_balance', { token: 'eight' })).toEqual(Array(5).fill(8e-6))
  expect(told('fund_floor', { beneficiary: 'cash', token: 'ether' })).toEqual(Array(5).fill(1.5))
  expect(told('fund_floor', { beneficiary: 'perps', token: 'ether' })).toEqual(Array(5).fill(0.25))
  // A floor of others is not there for a beneficiary.
  expect(told('fund_cover', { beneficiary: 'cash', token: 'ether' })).toEqual([5.75, 4.75, 4.75, 1.75, 1.75])
  expect(told('fund_cover', { beneficiary: 'perps', token: 'ether' })).toEqual([4.5, 3.5, 3.5, 0.5, 0.5])
  const ages = told('chain_block_age_seconds', {})
  expect(ages[0]).toBe(7)
  expect(ages[4]).toBe(ages[3])
  expect(ages[3]! - ages[1]!).toBeGreaterThan(60 * 12)
  // Less is left than the floors: each has its part.
  await rpc('anvil_setBalance', fund, `0x${parseEther('0.875').toString(16)}`)
  const less = await watchOnce(last + 8, { chains: watched.chains.slice(0, 1) })
  const covers = less.filter(({ name }) => name === 'plimsoll_fund_cover')
  expect(
    Object.fromEntries(covers.map(({ labels, value }) => [`${labels.token} ${labels.beneficiary}`, value])),
  ).toEqual({ 'ether cash': 0.75, 'ether perps': 0.125, 'eight cash': 8e-6, 'eight perps': 8e-6 })
})

describe('a deployment that was interrupted (chain.5)', () => {
  const interrupted = async (out: string, atStep: number) => {
    const request = await requestOf({}, out)
    const stop = (title: string) => {
      if (title.startsWith(`${atStep} of`)) throw new Error('killed')
    }
    await expect(deploySystem(chain, request, stop)).rejects.toThrow('killed')
    return request
  }

  test('goes on where it stopped, does nothing twice, and finds what it sent and did not note', async () => {
    const out = join(temporaryFolder(), 'deployment.json')
    const journal = `${out}.journal`
    const before = await sent()
    const request = await interrupted(out, 5)
    expect(await sent()).toBe(before + 4)
    const changed = await requestOf({ riskRegister: { valueDecimals: 6 } }, out)
    await expect(deploySystem(chain, changed, () => {})).rejects.toMatchObject({
      ...{ code: 'DEPLOYMENT_BEGUN', where: 'riskRegister' },
    })
    // As if it was killed between the node's answer and the note, and between the plan and the sending.
    const noted = JSON.parse(readFileSync(journal, 'utf8'))
    delete noted.steps.circuitBreaker.transaction
    noted.steps.insuranceFund = { nonce: before + 4 }
    writeFileSync(journal, JSON.stringify(noted))
    // Meanwhile the account does something else under that number.
    const hash = await chain.writer!.sendTransaction({ to: STRANGER, value: 1n })
    await chain.reader.waitForTransactionReceipt({ hash })
    const { status, deployment } = await deploySystem(chain, request, () => {})
    expect(status.differences).toEqual([])
    expect(await sent()).toBe(before + TRANSACTIONS + 1)
    expect(deployment.contracts.circuitBreaker?.transaction).toMatch(/^0x[0-9a-f]{64}$/)
    expect(existsSync(journal)).toBe(false)
  })

  test('a node that names another contract than the account made is not gone on with', async () => {
    const liar = await startLyingNode(local.rpcUrl, (method, truth) => {
      const receipt = truth as { contractAddress?: string } | null
      if (method !== 'eth_getTransactionReceipt' || !receipt?.contractAddress) return truth
      return { ...receipt, contractAddress: STRANGER }
    })
    const before = await sent()
    const lied = await connectChain(liar.url)
    const deploying = deploySystem(lied, await requestOf(), () => {})
    await expect(deploying).rejects.toMatchObject({ code: 'NODE_CONTRADICTS' })
    liar.stop()
    // The first contract is there, and nothing was sent after it.
    expect(await sent()).toBe(before + 1)
  })

  test('another run with the same record is kept out while one is at work', async () => {
    const out = join(temporaryFolder(), 'deployment.json')
    const request = await requestOf({}, out)
    const before = await sent()
    const atWork = async () => {
      await expect(deploySystem(chain, request, () => {})).rejects.toMatchObject({ code: 'DEPLOYMENT_BUSY' })
    }
    await withFileLock(`${out}.journal.lock`, atWork, () => Promise.reject(new Error('held')))
    expect(await sent()).toBe(before)
    // Once that one is gone it begins.
    await interrupted(out, 2)
    expect(await sent()).toBe(before + 1)
  })

  test('a journal of another account is not gone on with', async () => {
    const out = join(temporaryFolder(), 'deployment.json')
    const request = await interrupted(out, 2)
    const other = await connectChain(local.rpcUrl, { privateKey: `0x${'12'.repeat(32)}` })
    await expect(deploySystem(other, request, () => {})).rejects.toMatchObject({ code: 'DEPLOYMENT_BEGUN' })
  })
})
