import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Abi, type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { RISK_REGISTER_ABI, SOLVENCY_REGISTRY_ABI } from '../../../src/abi.js'
import { bytesSource } from '../../../src/bundle/index.js'
import { deployContract } from '../../../src/chain/deploy.js'
import {
  BREAKER_CAUSES,
  deployCircuitBreaker,
  deployRiskRegister,
  levelsOver,
  openCircuitBreaker,
  openRiskRegister,
  readEvents,
  venueId,
} from '../../../src/chain/index.js'
import { openEpoch } from '../../../src/epoch/index.js'
import {
  appendIncident,
  incidentPage,
  incidentReport,
  readLogText,
  verifyLog,
} from '../../../src/incident/index.js'
import { readPrivateKey } from '../../../src/venue/index.js'
import { readWatchLog } from '../../../src/watch/index.js'
import { AlertReceiver, SECRET } from '../../helpers/alert-receiver.js'
import { temporaryFolder } from '../../helpers/cli.js'
import {
  ask,
  type RegistryFixture,
  registryFixture,
  senderOf,
  TAKEN,
  TERMS,
  VENUE,
} from '../../helpers/registry.js'
import { STRESS_BOOKS } from '../../helpers/stress-books.js'
import { type Told, tickingWatch } from '../../helpers/ticking-watch.js'

const PROCESS = fileURLToPath(new URL('../../helpers/watch-process.ts', import.meta.url))
const FEED = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;
contract Feed {
    int256 private price;
    uint8 public constant decimals = 8;
    function tell(int256 price_) external { price = price_; }
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, price, block.timestamp, block.timestamp, 1);
    }
}`
const FEED_ABI = parseAbi(['function tell(int256 price_)'])
const BREAKER = {
  coolDown: 600,
  maxHalt: 3_600,
  bands: { caution: 20_000, restricted: 50_000, halted: 150_000 },
}
const MARK = 97_000

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const prepare = registryFixture(STRESS_BOOKS)
let fixture: RegistryFixture
let receiver: AlertReceiver
let feeds: Address[]
let breaker: Awaited<ReturnType<typeof openCircuitBreaker>>
let addresses: Record<'riskRegister' | 'circuitBreaker', Address>
let price = 0
const server = createServer((_, response) => response.end(JSON.stringify({ price: `${price}` })))
const children: ChildProcess[] = []

/** Has the register watch the price of the first instrument, by feeds that say it. */
async function watchPrice(changes: object = {}): Promise<void> {
  const bounds = {
    ...{ proposePpm: 1_000, suspendPpm: 900_000, spreadPpm: 1_000 },
    ...{ quorum: 2, window: 0, maxGap: 3_600, ...changes },
  }
  const data = encodeFunctionData({
    ...{ abi: RISK_REGISTER_ABI as Abi, functionName: 'setInstrument' },
    args: [0, 8, feeds.map((feed) => ({ feed, maxAge: 86_400 })), bounds],
  })
  await send(addresses.riskRegister, data)
}

/** Sends from the account that deployed. */
async function send(to: Address, data: Hex): Promise<void> {
  const { reader, writer } = fixture.chain
  const hash = await writer!.sendTransaction({ to, data })
  await reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })
}

/** Time passes on the chain. */
async function wait(seconds: number): Promise<void> {
  const { timestamp } = await fixture.chain.reader.getBlock()
  await ask(fixture, 'evm_setNextBlockTimestamp', Number(timestamp) + seconds)
  await ask(fixture, 'evm_mine')
}

/** Tells a price to the feed server and to the feeds of the chain. */
async function tell(next: number): Promise<void> {
  price = next
  for (const to of feeds) {
    await send(to, encodeFunctionData({ abi: FEED_ABI, args: [BigInt(Math.round(next * 1e8))] }))
  }
}

beforeAll(async () => {
  fixture = await prepare()
  const { chain, authority, registry, epoch, signature } = fixture
  const windows = { veto: 60, lifetime: 2_592_000, maxLag: 86_400 }
  const tables = await deployRiskRegister(chain, authority, { valueDecimals: 18, windows })
  const levels = await deployCircuitBreaker(chain, authority, registry.address, BREAKER)
  addresses = { riskRegister: tables.address, circuitBreaker: levels.address }
  breaker = await openCircuitBreaker(chain, levels.address)
  feeds = []
  for (let i = 0; i < 2; i++) {
    const sources = { 'Feed.sol': FEED }
    feeds.push((await deployContract(chain, { sources, path: 'Feed.sol', name: 'Feed' })).address)
  }
  await tell(MARK)
  await watchPrice()
  await registry.setGuards(VENUE, { tables: tables.address, levels: levels.address })
  await (await openRiskRegister(chain, tables.address)).propose(epoch)
  await registry.openEpoch(epoch, signature)
  let from = 0
  for (const { count } of epoch.manifest.parts.ledger.batches) {
    await registry.submitBatches(epoch, from, count)
    from += count
  }
  await wait(61)
  await registry.finalize(epoch)
  // From now on a block is a second, however long it takes here.
  await ask(fixture, 'anvil_setBlockTimestampInterval', 1)
  receiver = await AlertReceiver.start()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const child of children) child.kill('SIGKILL')
  server.closeAllConnections()
  server.close()
  await receiver?.stop()
  await fixture?.local.stop()
})

/** A watch in a process of its own; `tick` answers with the samples of one round. */
async function startProcess(privateKey: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', PROCESS, at('watch.json'), privateKey], {
    env: { ...process.env, TEST_ALERT_SECRET: SECRET },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return {
    async tick(time: number): Promise<Told> {
      child.stdin!.write(`${time}\n`)
      const { value } = await lines.next()
      return JSON.parse(value as string)
    },
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}
/** The epoch with a space more in one of its files, and what it comes to here. */
async function copyOf(file: string) {
  const changed = (path: string, text: string) => (path === file ? `${text} ` : text)
  const files = Object.fromEntries(
    readdirSync(fixture.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(fixture.folder, join(parentPath, name)))
      .map((path) => [path, changed(path, readFileSync(join(fixture.folder, path), 'utf8'))]),
  )
  const { report } = await openEpoch(bytesSource(files), { pins: fixture.pins, now: TAKEN })
  return { place: file, report }
}

const valuesOf = (samples: Told, name: string) =>
  samples.filter(([each]) => each === name).map(([, , value]) => value)

test('a feed deviates: the metric rises, the alert goes out once, the keeper trips the breaker for every cause that it can show, and the report shows it in order, through a receiver that is away and two kills (watch.27, watch.33, incident.5)', async () => {
  const rule = { is: 'atLeast', severity: 'critical', runbook: 'https://example.com/runbooks' }
  const rules = [
    {
      ...rule,
      name: 'MarkDeviates',
      metric: 'plimsoll_mark_deviation_ratio',
      labels: { feed: 'main' },
      than: 0.05,
      for: 10,
      summary: 'a mark is off',
    },
    {
      ...rule,
      name: 'BreakerTripped',
      metric: 'plimsoll_breaker_level',
      than: 1,
      summary: 'a breaker is up',
    },
  ]
  writeFileSync(at('rules.json'), JSON.stringify({ schema: 'plimsoll/alert-rules/1', rules }))
  const { chain, registry, local } = fixture
  writeFileSync(
    at('watch.json'),
    JSON.stringify({
      schema: 'plimsoll/watch/1',
      epochs: [{ venue: VENUE, from: [fixture.folder], pins: fixture.pinsFile }],
      chains: [
        {
          ...{ name: 'local', rpc: local.rpcUrl, chainId: `${chain.chainId}`, finality: 0, venues: [VENUE] },
          ...{ registry: registry.address.toLowerCase(), every: 0.1 },
          ...{
            riskRegister: addresses.riskRegister.toLowerCase(),
            breaker: addresses.circuitBreaker.toLowerCase(),
          },
        },
      ],
      feeds: [
        {
          ...{ kind: 'json', name: 'main', instrument: 'BTC', price: ['price'], every: 0.1 },
          from: `http://127.0.0.1:${(server.address() as AddressInfo).port}/btc`,
        },
        {
          ...{ kind: 'chainlink', name: 'link', instrument: 'BTC', chain: 'local', every: 0.1 },
          address: feeds[0]!.toLowerCase(),
        },
        { kind: 'register', name: 'median', instrument: 'BTC', chain: 'local', number: 0, every: 0.1 },
      ],
      alerts: {
        ...{ rules: 'rules.json', state: 'alerts.jsonl' },
        webhook: { url: receiver.url, secret: { env: 'TEST_ALERT_SECRET' }, timeout: 5 },
      },
      act: {
        ...{ chain: 'local', send: true, state: 'keeper.jsonl', every: 1, limit: { ether: '0.5' } },
      },
    }),
  )
  const keeper = await senderOf(fixture, fixture.strangerFile)
  const privateKey = await readPrivateKey(fixture.strangerFile)
  const sent = () => chain.reader.getTransactionCount({ address: keeper.account })
  const blockTime = async () => Number((await chain.reader.getBlock()).timestamp)
  const start = (await blockTime()) + 10

  const first = await startProcess(privateKey)
  const calm = await first.tick(start)
  expect(valuesOf(calm, 'plimsoll_mark_deviation_ratio').every((value) => value < 0.001)).toBe(true)
  expect(valuesOf(calm, 'plimsoll_feed_price')).toEqual([MARK, MARK, MARK])
  expect(valuesOf(calm, 'plimsoll_breaker_level')).toEqual([0])
  // What else the contracts say of the venue: the epoch that is on record is the one that is watched.
  expect(valuesOf(calm, 'plimsoll_registry_solvent')).toEqual([1])
  expect(valuesOf(calm, 'plimsoll_registry_epoch')).toEqual([7])
  expect(valuesOf(calm, 'plimsoll_registry_matches')).toEqual([1])
  expect(valuesOf(calm, 'plimsoll_table_suspended')).toEqual([0])
  const status = await chain.reader.readContract({
    ...{ address: registry.address, abi: SOLVENCY_REGISTRY_ABI as Abi, functionName: 'status' },
    args: [venueId(VENUE)],
  })
  expect(valuesOf(calm, 'plimsoll_registry_left_seconds')).toEqual([(status as number[])[3]! - start])
  expect(valuesOf(calm, 'plimsoll_chain_block_age_seconds')).toEqual([start - (await blockTime())])
  expect([receiver.seen.length, await sent()]).toEqual([0, 0])

  // A price that is a tenth higher. No block is made for now: what the keeper sends waits.
  await tell(MARK * 1.1)
  await ask(fixture, 'evm_setAutomine', false)
  receiver.behave = (_, answer) => answer(503)
  const risen = await first.tick(start + 5)
  // The coin by three feeds; no feed tells a price of the perp.
  const deviations = valuesOf(risen, 'plimsoll_mark_deviation_ratio')
  expect(deviations.map((value) => value.toFixed(4))).toEqual(['0.0909', '0.0909', '0.0909'])
  await first.tick(start + 15)
  expect(receiver.seen.map(({ alerts }) => alerts[0]!.labels.alertname)).toEqual(['MarkDeviates'])
  await first.kill()
  const journal = () =>
    readFileSync(at('keeper.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  expect(journal().map(({ kind }) => kind)).toEqual(['signed'])

  // The next one sends the very same transaction again, and the receiver is away for a minute.
  const second = await startProcess(privateKey)
  await second.tick(start + 16)
  await ask(fixture, 'evm_mine')
  await ask(fixture, 'evm_setAutomine', true)
  for (let time = start + 20; time <= start + 76; time += 8) await second.tick(time)
  expect(await breaker.levelOf(VENUE)).toBe(2)
  expect(await sent()).toBe(1)
  expect(journal().map(({ kind }) => kind)).toEqual(['signed', 'mined'])
  expect(receiver.taken).toEqual([])
  await second.kill()
  receiver.behave = (_, answer) => answer(200)
  vi.stubEnv('TEST_ALERT_SECRET', SECRET)
  const third = await tickingWatch(at('watch.json'), privateKey)
  const up = await third.tick(start + 90)
  expect(valuesOf(up, 'plimsoll_breaker_level')).toEqual([2])
  const causes = up.filter(([name]) => name === 'plimsoll_breaker_cause_level')
  expect(Object.fromEntries(causes.map(([, { cause }, value]) => [cause, value]))).toEqual({
    ...Object.fromEntries(BREAKER_CAUSES.map((cause) => [cause, 0])),
    deviation: 2,
  })
  expect(receiver.taken.map(({ status, alerts }) => [status, alerts[0]!.labels.alertname])).toEqual([
    ['firing', 'MarkDeviates'],
    ['firing', 'BreakerTripped'],
  ])

  // The price comes back: the keeper shows it, and the level falls by itself.
  await tell(MARK)
  for (let time = start + 160; time <= start + 200; time += 10) await third.tick(time)
  expect(await sent()).toBe(2)
  const down = await blockTime()
  await wait(2 * BREAKER.coolDown + 1)
  expect(await breaker.levelOf(VENUE)).toBe(0)
  await third.tick(start + 210)
  expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(receiver.taken.length)
  expect(receiver.taken.map(({ status }) => status)).toEqual(['firing', 'firing', 'resolved', 'resolved'])

  // No other epoch comes, and this one is too old. A bound that is nearer holds means of observed prices.
  await third.tick(start + 220)
  const before = journal().length
  await wait(TERMS.maxAge)
  await tell(MARK)
  await watchPrice({ suspendPpm: 50_000, window: 60 })
  for (const time of [300, 310, 320, 330]) await third.tick(start + time)
  expect(await breaker.levelOf(VENUE)).toBe(1)
  // A price that stands for a moment alone moves no mean: there is nothing to show of it yet.
  await wait(1_900)
  await tell(MARK * 1.1)
  for (const time of [2_300, 2_310, 2_320]) await third.tick(start + time)
  expect(await breaker.levelOf(VENUE)).toBe(1)
  await wait(61)
  for (let time = 2_330; time <= 2_390; time += 10) await third.tick(start + time)
  const worst = await third.tick(start + 2_400)
  expect(valuesOf(worst, 'plimsoll_breaker_level')).toEqual([2])
  expect(valuesOf(worst, 'plimsoll_table_suspended')).toEqual([1])
  expect(valuesOf(worst, 'plimsoll_registry_solvent')).toEqual([0])
  const steps = journal().slice(before)
  expect(steps.flatMap(({ kind, title }) => (kind === 'signed' ? [title] : []))).toEqual([
    `circuitBreaker.trip ${VENUE}: stale epoch`,
    ...['instrument 0', 'instrument 0'].map((about) => `riskRegister.observe ${about}`),
    ...['circuitBreaker', 'riskRegister'].map((name) => `${name}.check ${VENUE}: instrument 0`),
    `circuitBreaker.trip ${VENUE}: suspended table`,
  ])
  const mined = steps.filter(({ kind }) => kind === 'mined')
  expect(mined.map(({ succeeded }) => succeeded)).toEqual(Array(6).fill(true))
  await third.close()

  // What happened, in order.
  const log = at('incidents.jsonl')
  const incident = 'btc-mark'
  await appendIncident({
    path: log,
    now: start + 20,
    words: { kind: 'open', incident, severity: 'critical', text: 'BTC is off' },
  })
  await appendIncident({
    path: log,
    now: start + 300,
    words: { kind: 'close', incident, text: 'the price came back' },
  })
  const contracts = {
    solvencyRegistry: { address: registry.address.toLowerCase(), transaction: '0x' },
    accessManager: { address: fixture.authority.toLowerCase(), transaction: '0x' },
    riskRegister: { address: addresses.riskRegister.toLowerCase(), transaction: '0x' },
    circuitBreaker: { address: addresses.circuitBreaker.toLowerCase(), transaction: '0x' },
  }
  const events = await readEvents(chain, { contracts, deployedAt: 0 }, 0)
  const levels = levelsOver(events, BREAKER, await blockTime())
  // The model of levels against the contract: at every change, by what the chain says of the state of a block.
  expect(levels.map(({ level }) => level)).toEqual([2, 1, 0, 1, 2])
  expect(levels.every(({ scope }) => scope === venueId(VENUE))).toBe(true)
  const settled = events.find(({ name }) => name === 'Settled')!
  expect(settled.at).toBeLessThanOrEqual(down)
  expect(levels.slice(1, 3).map(({ from }) => from - settled.at)).toEqual([
    BREAKER.coolDown,
    2 * BREAKER.coolDown,
  ])
  const watch = (
    await Promise.all(['alerts.jsonl', 'keeper.jsonl'].map((name) => readWatchLog(at(name))))
  ).flat()
  const copies = [await copyOf('as published'), await copyOf('manifest.json'), await copyOf('policy.json')]
  const reportWith = async (given: typeof copies) =>
    incidentReport({
      ...{ log: await verifyLog(await readLogText(log), log), chain: { events, levels }, watch },
      copies: given,
    })
  const report = await reportWith(copies)
  const relied = { venue: VENUE, epoch: '7', manifest: fixture.epoch.manifestSha256 }
  expect(report.epochs).toMatchObject([
    { ...relied, copy: { place: 'as published', verdict: 'valid', failed: [] } },
  ])
  // A report says which copies were given for nothing, and never calls another epoch of that name valid.
  expect(report.notChecked.filter((what) => what.startsWith('the epoch in '))).toHaveLength(2)
  expect(report.notChecked.join()).not.toContain('none was opened here')
  const [, other, touched] = copies
  const changed = (await reportWith([other!])).epochs[0]!.copy
  expect(changed).toMatchObject({ place: 'manifest.json', verdict: 'another manifest' })
  const broken = (await reportWith([other!, touched!])).epochs[0]!.copy
  expect(broken).toMatchObject({ place: 'policy.json', verdict: 'invalid' })
  expect(broken!.failed.length).toBeGreaterThan(0)
  const unopened = await reportWith([])
  expect(unopened.epochs).toEqual([{ ...relied, from: expect.any(Number) }])
  expect(unopened.notChecked.join()).toContain('none was opened here')
  const told = report.timeline.map(({ what }) => what)
  const order = [
    /^MarkDeviates fires \(critical\).*instrument BTC/,
    /^BreakerTripped fires/,
    /^MarkDeviates is resolved/,
    /^BreakerTripped is resolved/,
    /^btc-mark closed/,
  ]
  const places = order.map((words) => told.findIndex((what) => words.test(what)))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
  const place = (words: RegExp) => told.findIndex((what) => words.test(what))
  expect(place(/^sends circuitBreaker.check/)).toBeGreaterThanOrEqual(0)
  expect(place(/a deviation holds Tiny Venue at level 2/)).toBeGreaterThan(
    place(/epoch 7 of Tiny Venue is final/),
  )
  const story = [
    ...[/a deviation holds Tiny Venue at level 2/, /a deviation holds Tiny Venue no higher/],
    ...[/sends circuitBreaker.trip .*stale epoch/, /a stale epoch holds Tiny Venue at level 1/],
    ...[/the mark of instrument 0 is 90910 ppm off/, /a suspended table holds Tiny Venue at level 2/],
  ].map(place)
  expect(story).toEqual(story.toSorted((a, b) => a - b))
  expect(story).not.toContain(-1)
  const page = incidentPage(report)
  expect(page).toContain('a deviation holds Tiny Venue at level 2')
  expect(page).toContain('valid, in as published')
  expect(page).not.toMatch(/<script|https?:/i)
  for (const text of [page, JSON.stringify(report)]) {
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain(privateKey.slice(2))
  }
})
