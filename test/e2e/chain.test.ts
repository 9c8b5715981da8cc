import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ChainConnection,
  connectChain,
  type LocalChain,
  startLocalChain,
} from '../../src/chain/index.js'
import { textWidth } from '../../src/cli/terminal/width.js'
import { plimsollIn, start, temporaryFolder } from '../helpers/cli.js'
import { EXAMPLES } from '../helpers/commands.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const folder = temporaryFolder()
const at = (path: string) => join(folder, path)
/** Six contracts, the venue and its guards, and the rights. */
const TRANSACTIONS = 9

let local: LocalChain
let chain: ChainConnection
/** The examples of the help, at the chain of this test. */
let shown: string[][]

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  cpSync(join(ROOT, 'examples/venue'), at('examples/venue'), { recursive: true })
  shown = EXAMPLES.filter(({ shownBy }) => shownBy.startsWith('chain ')).map(({ words }) =>
    words.slice(1).map((word) => (word === 'http://127.0.0.1:8545' ? local.rpcUrl : word)),
  )
})
afterAll(() => local?.stop())

const sent = () => chain.reader.getTransactionCount({ address: chain.writer!.account.address })

test('a deployment is tried, killed, ended and read, as the help shows it (chain.2, chain.5)', async () => {
  const [tried, deploy, status, asJson] = shown as [string[], string[], string[], string[]]
  const costs = await plimsollIn(folder, ...tried)
  expect(costs.code, costs.stderr).toBe(0)
  expect(costs.stdout).toMatch(/deploying SolvencyRegistry +5,?0\d\d,?\d{3}/)
  expect(costs.stdout).toContain('gas in all')
  expect(await sent()).toBe(0)
  expect(existsSync(at('deployment.json'))).toBe(false)

  const { child, ended } = start([...deploy], {}, { cwd: folder })
  child.stderr!.on('data', (chunk) => {
    if (/4 of 9: /.test(`${chunk}`)) child.kill('SIGKILL')
  })
  expect((await ended).code).not.toBe(0)
  const before = await sent()
  expect(before).toBeGreaterThan(2)
  expect(before).toBeLessThan(TRANSACTIONS)

  const made = await plimsollIn(folder, ...deploy)
  expect(made.code, made.stderr).toBe(0)
  expect(made.stdout).toMatch(/read back +as it was meant/)
  expect(await sent()).toBe(TRANSACTIONS)
  const again = await plimsollIn(folder, ...deploy)
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('FILE_EXISTS')])
  expect(await sent()).toBe(TRANSACTIONS)

  const read = await plimsollIn(folder, ...status)
  expect(read.code, read.stderr).toBe(0)
  expect(read.stdout).toContain('verdict: as the record says')
  expect(read.stderr).toContain('note: the administrator is no contract')
  for (const { stderr } of [costs, made, read]) {
    expect(stderr).toContain('the word of one node, also that it is on chain 31337')
    expect(stderr).not.toContain('this clock')
  }
  await chain.reader.request({ method: 'evm_increaseTime', params: ['0x1000'] } as never)
  await chain.reader.request({ method: 'evm_mine' } as never)
  expect((await plimsollIn(folder, ...status)).stderr).toMatch(
    /last block is of .*, \d+ s ahead of this clock/,
  )
  for (const line of (costs.stdout + made.stdout).split('\n')) expect(textWidth(line)).toBeLessThan(1000)

  const record = JSON.parse(readFileSync(at('deployment.json'), 'utf8'))
  const other = { ...record, governance: { ...record.governance, guardian: [] } }
  writeFileSync(at('deployment.json'), JSON.stringify(other))
  const differs = await plimsollIn(folder, ...asJson)
  expect(differs.code).toBe(1)
  const { valid, differences } = JSON.parse(differs.stdout)
  expect(valid).toBe(false)
  expect(differences).toEqual([
    { of: expect.stringMatching(/^GUARDIAN: 0x/), expected: 'none', found: 'member, delay 0 s' },
  ])
})

test('what cannot be deployed is refused in words, and nothing is sent (chain.3)', async () => {
  const before = await sent()
  const out = ['--rpc', local.rpcUrl, '--out', at('other.json')]
  for (const [code, args] of [
    ['CHAIN_CONFIG', ['chain', 'deploy', ...out]],
    ['GOVERNANCE', ['chain', 'deploy', ...out, '--admin', chain.writer!.account.address]],
    ['ADDRESS', ['chain', 'deploy', ...out, '--admin', '0x12']],
    ['CHAIN_ID', ['chain', 'deploy', ...out, '--admin', `0x${'a1'.repeat(20)}`, '--chain-id', '1']],
    ['JSON_SCHEMA', ['chain', 'deploy', ...out, '--config', at('examples/venue/stress.json')]],
    [
      'JSON_SCHEMA',
      ['chain', 'status', '--rpc', local.rpcUrl, '--deployment', at('examples/venue/stress.json')],
    ],
  ] as const) {
    const { code: exit, stdout } = await plimsollIn(folder, ...args, '--json')
    expect([exit, JSON.parse(stdout).error.code]).toEqual([2, code])
  }
  expect(await sent()).toBe(before)
})
