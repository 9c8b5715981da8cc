import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ChainConnection,
  connectChain,
  deployAccessManager,
  deployRiskRegister,
  type LocalChain,
  openRiskRegister,
  startLocalChain,
} from '../../src/chain/index.js'
import { readStressRequest, stressScenarios } from '../../src/models/index.js'
import { withScenarios } from '../../src/risk/index.js'
import { FULL_RESERVES } from '../../src/statements/index.js'
import { createSigningKey } from '../../src/venue/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { proveSampleEpoch } from '../helpers/epoch.js'
import { normalSample, seriesOf } from '../helpers/random.js'
import { STRESS_BOOKS } from '../helpers/stress-books.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const WINDOWS = { veto: 3_600, lifetime: 86_400, maxLag: 3_600 }
const TAKEN = STRESS_BOOKS.table.timestamp

let local: LocalChain
let chain: ChainConnection
let register: `0x${string}`
let signer: string
let sending: string[]

beforeAll(async () => {
  const { dates, closes } = seriesOf(
    'BTC',
    normalSample(3, 500).map((z) => 0.004 * z),
  )
  writeFileSync(
    at('prices.csv'),
    ['date,close', ...dates.map((date, i) => `${date},${closes[i]}`)].join('\n'),
  )
  const fall = { type: 'parallel', price: '-0.03', stablecoin: '-0.001', volatility: '0' }
  const request = {
    schema: 'plimsoll/stress/1',
    instruments: { BTC: { asset: 'BTC' }, PERP: { asset: 'BTC' }, USDT: { asset: 'USDT' } },
    scenarios: [
      { ...fall, name: 'down-3' },
      { ...fall, name: 'up-3', price: '0.03' },
    ],
  }
  writeFileSync(at('stress.json'), JSON.stringify(request))
  const band = { least: '0.001', most: '0.5', step: '0.2' }
  const bounds = { schema: 'plimsoll/risk-bounds/1', haircut: band, markup: band }
  writeFileSync(at('bounds.json'), JSON.stringify(bounds))
  writeFileSync(at('tight.json'), JSON.stringify({ ...bounds, haircut: { ...band, most: '0.002' } }))
  signer = await createSigningKey(at('steward.json'))
  local = await startLocalChain(['--timestamp', `${TAKEN + 60}`])
  chain = await connectChain(local.rpcUrl)
  const { address: authority } = await deployAccessManager(chain)
  register = (await deployRiskRegister(chain, authority, { valueDecimals: 18, windows: WINDOWS })).address
})
afterAll(() => local?.stop())

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await plimsoll(...args, '--json')
  return { code, said: JSON.parse(stdout), stderr }
}
const draft = (out: string, bounds = 'bounds.json') =>
  json(
    ...['risk', 'draft', '--history', `BTC=${at('prices.csv')}`, '--stress', at('stress.json')],
    ...['--bounds', at(bounds), '--timestamp', `${TAKEN}`, '--out', at(out)],
    ...['--stress-out', at(`stress-${out}`)],
  )
const known = async (root: string) => {
  const { reader } = chain
  const { RISK_REGISTER_ABI } = await import('../../src/abi.js')
  const table = await reader.readContract({
    ...{ address: register, abi: RISK_REGISTER_ABI, functionName: 'tableOf' },
    args: [BigInt(root)],
  })
  return (table as { activeFrom: number }).activeFrom
}

test('a proposal is drafted, signed, carried by an epoch and proposed into its veto window (risk.22, risk.24, register.2)', async () => {
  const made = await draft('proposal.json')
  expect([made.code, made.said.changes.length]).toEqual([0, 4])
  const signed = await json(
    ...['risk', 'propose', at('proposal.json'), '--bounds', at('bounds.json'), '--key', at('steward.json')],
  )
  expect([signed.code, signed.said.signer]).toEqual([0, signer])

  const request = await readStressRequest(at('stress-proposal.json'))
  const table = withScenarios(STRESS_BOOKS.table, stressScenarios(STRESS_BOOKS.table, request))
  const { files, pins } = await proveSampleEpoch({ ...STRESS_BOOKS, table, policy: FULL_RESERVES })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(`epoch/${path}`)), { recursive: true })
    writeFileSync(at(`epoch/${path}`), text)
  }
  writeFileSync(at('pins.json'), JSON.stringify({ schema: 'plimsoll/pins/2', keys: pins }))
  sending = [
    ...['risk', 'propose', at('proposal.json'), '--bounds', at('bounds.json'), '--by', signer],
    ...['--epoch', at('epoch'), '--pins', at('pins.json'), '--stress', at('stress-proposal.json')],
    ...['--rpc', local.rpcUrl, '--register', register],
  ]
  const tried = await json(...sending, '--dry-run')
  expect(tried.said).toMatchObject({ sent: false, vetoSeconds: WINDOWS.veto })
  expect(tried.code).toBe(0)
  const { riskRoot } = tried.said
  expect(await known(riskRoot)).toBe(0)
  const sent = await json(...sending)
  expect([sent.code, sent.said.sent, sent.said.riskRoot]).toEqual([0, true, riskRoot])
  const now = Number((await chain.reader.getBlock()).timestamp)
  expect(await known(riskRoot)).toBe(now + WINDOWS.veto)
  const again = await json(...sending)
  expect([again.code, again.said.error.code]).toEqual([1, 'REGISTER_REFUSED'])
  expect((await openRiskRegister(chain, register)).address).toBe(register)
})

test('nothing is signed or sent beyond the bounds, for another table, or without the signature (risk.22, risk.23, risk.24)', async () => {
  expect((await draft('beyond.json', 'tight.json')).code).toBe(0)
  const replaced = (...changes: [string, string][]) =>
    sending.map((word) => changes.find(([from]) => word === from)?.[1] ?? word)
  const proposal = at('proposal.json')
  writeFileSync(at('unsigned.json'), readFileSync(proposal))
  writeFileSync(at('touched.json'), readFileSync(proposal, 'utf8').replace(`${TAKEN}`, `${TAKEN - 1}`))
  writeFileSync(at('touched.signature.json'), readFileSync(at('proposal.signature.json')))
  const sign = ['risk', 'propose', at('beyond.json'), '--key', at('steward.json'), '--bounds']
  for (const [exit, error, args] of [
    [2, 'PROPOSAL_BOUNDS', [...sign, at('tight.json')]],
    [2, 'PROPOSAL_BOUNDS', [...sign, at('bounds.json')]],
    [2, 'PROPOSAL_BOUNDS', replaced([at('bounds.json'), at('tight.json')])],
    [2, 'PROPOSAL_TABLE', replaced([at('stress-proposal.json'), at('stress.json')])],
    [2, 'FILE_ACCESS', replaced([proposal, at('unsigned.json')])],
    [1, 'PROPOSAL_SIGNATURE', replaced([proposal, at('touched.json')])],
    [1, 'PROPOSAL_SIGNATURE', replaced([signer, `0x${'12'.repeat(20)}`])],
    [2, 'USAGE', sending.filter((word) => word !== '--by' && word !== signer)],
    [2, 'USAGE', sending.filter((word) => word !== '--register' && word !== register)],
    [2, 'USAGE', ['risk', 'propose', proposal, '--bounds', at('bounds.json')]],
  ] as [number, string, string[]][]) {
    const { code, said } = await json(...args)
    expect([code, said.error?.code], args.join(' ')).toEqual([exit, error])
  }
})
