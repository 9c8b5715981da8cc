import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Transaction } from '@scure/btc-signer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bitcoinChain, CHAIN, COIN, HOLDERS } from '../helpers/bitcoin-evidence.js'
import { plimsoll, start, temporaryFolder, until } from '../helpers/cli.js'
import { keyOf, publicKey } from '../helpers/control.js'
import { type RegtestNode, SPACING, startRegtestNode } from '../helpers/regtest.js'

/** The work of a venue with three addresses of Bitcoin, on a chain that was mined here. */
const folder = temporaryFolder()
const file = (name: string) => join(folder, name)
const evidence = file('reserves')
const holders = Object.values(HOLDERS)
/** The last blocks are of the last hours: a challenge does not outlive its moment for long. */
const now = Math.floor(Date.now() / 1000)
const genesis = 1_296_688_602
const { chain, moment } = bitcoinChain(undefined, now - 12 * SPACING - genesis)

let node: RegtestNode
let other: RegtestNode
beforeAll(async () => {
  node = await startRegtestNode(chain)
  other = await startRegtestNode(chain, { user: 'second', password: 'another' })
  const rows = holders.map(({ account, kind }) => [account.id, COIN, 'BTC', kind, 'customers', ''].join())
  writeFileSync(
    file('accounts.csv'),
    `account,asset,instrument,control,holds_for,private\n${rows.join('\n')}\n`,
  )
})
afterAll(async () => {
  await node.close()
  await other.close()
})

const collecting = () => [
  ...['reserves', 'collect', file('challenge'), '--signatures', file('signatures.csv'), '--out', evidence],
  ...['--rpc', `${CHAIN}=${node.url}`, '--rpc', `${CHAIN}=${other.url}`],
]

test('addresses of Bitcoin sign their texts, one by a PSBT (reserves.66, reserves.30)', async () => {
  const words = ['--venue', 'Example', '--name', '2026-09', '--moment', `${moment}`]
  const accounts = ['--accounts', file('accounts.csv')]
  const made = await plimsoll('reserves', 'challenge', ...accounts, ...words, '--out', file('challenge'))
  expect(made.code, made.stderr).toBe(0)
  const message = ['reserves', 'message', file('challenge'), '--psbt', '--out', file('to-sign')]
  const { code, stderr } = await plimsoll(...message)
  expect(code, stderr).toBe(0)
  const only = await plimsoll(...message.with(-1, file('only')), '--kind', 'bitcoin-message')
  expect(only.code, only.stderr).toBe(0)
  expect(readdirSync(file('only'))).toEqual(['1.txt', 'signatures.csv'])
  const [head, ...rows] = readFileSync(file('to-sign/signatures.csv'), 'utf8').trimEnd().split('\n')
  const signed = rows.map((row) => {
    const [account, kind, name] = row.split(',') as [string, string, string]
    const { sign } = holders.find((each) => each.account.id === account)!
    // One of them has a signer of PSBTs, which gives back a file.
    if (account === HOLDERS.taproot.account.id) {
      const given = readFileSync(file(`to-sign/${name.replace('.txt', '.psbt')}`), 'utf8')
      const psbt = Transaction.fromPSBT(Buffer.from(given, 'base64'), { allowUnknownOutputs: true })
      psbt.updateInput(0, { tapInternalKey: publicKey(3).subarray(1) })
      psbt.signIdx(keyOf(3), 0)
      writeFileSync(file('signed.psbt'), psbt.toPSBT(0))
      return [account, kind, name, 'signed.psbt', ''].join()
    }
    const control = sign(readFileSync(file(`to-sign/${name}`), 'utf8'))
    const [signature] =
      control.kind === 'bip322'
        ? [control.signature]
        : control.kind === 'bitcoin-message'
          ? control.signatures
          : []
    return [account, kind, name, signature, ''].join()
  })
  expect(signed).toHaveLength(3)
  writeFileSync(file('signatures.csv'), `${[head, ...signed].join('\n')}\n`)
})

test('collecting from nodes of Bitcoin that was killed goes on where it was (reserves.66)', async () => {
  node.answers.gettxoutproof = async (_, honest) => {
    await new Promise((resolve) => setTimeout(resolve, 400))
    return honest
  }
  const { child, ended } = start(collecting())
  const journal = () => {
    const work = `${evidence}.collecting`
    const name = existsSync(work) && readdirSync(work).find((each) => each.endsWith('-0.jsonl'))
    return name ? readFileSync(join(work, name), 'utf8') : ''
  }
  await until(() => journal().includes('\n'))
  child.kill('SIGKILL')
  await ended
  expect(existsSync(evidence)).toBe(false)
  const done = journal().split('\n').length - 1
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThan(holders.length)

  delete node.answers.gettxoutproof
  // The chain goes on in between: the blocks of the evidence stay those that the first run chose.
  chain.mine(2)
  node.asked.splice(0)
  const { code, stderr, stdout } = await plimsoll(...collecting())
  expect(code, stderr).toBe(0)
  expect(node.asked.filter((method) => method === 'gettxoutproof').length).toBeLessThan(5)
  expect(stdout + stderr).not.toMatch(/p4ss|w0rd|another|plimsoll:/)
})

test('the evidence checks with no node there (reserves.66)', async () => {
  const asset = ['--asset', `BTC=${COIN}`]
  const { code, stdout, stderr } = await plimsoll('reserves', 'check', evidence, ...asset, '--json')
  expect(code, stderr).toBe(0)
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ valid: true, accounts: { listed: 3, counted: 3 } })
  expect(report.blocks).toMatchObject([{ chain: CHAIN, height: 7, hash: chain.blocks[7]!.hash }])
  expect(report.shown).toEqual([
    { instrument: 'BTC', holdsFor: 'customers', proven: '0', observed: '0.00071807', attested: '0' },
  ])
  expect(report.outputs).toEqual({ all: '71807', old: '70007' })
  const headers = readFileSync(join(evidence, `headers/${CHAIN.replace(':', '-')}.bin`))
  expect(headers.length).toBe(14 * 80)

  // With a node of the reader's own, whose URL stands in a file.
  writeFileSync(file('node.url'), `${other.url}\n`)
  const asked = await plimsoll(
    'reserves',
    'check',
    evidence,
    ...asset,
    '--rpc',
    `${CHAIN}=@${file('node.url')}`,
    '--json',
  )
  expect(asked.code, asked.stderr).toBe(0)
  expect(JSON.parse(asked.stdout)).toMatchObject({ unspent: { asked: 5, unspent: 5 } })
  expect(asked.stderr).toContain('5 of 5 outputs of Bitcoin are unspent')
  expect(asked.stdout + asked.stderr).not.toContain('second')

  const told = await plimsoll('reserves', 'check', evidence, ...asset)
  expect(told.stdout).toContain(
    '0.00071807 coins: that they were made is proven, that they are unspent is observed',
  )
  expect(told.stdout).toContain('0.00070007 of these coins have not moved for thirty days')

  const lines = readFileSync(join(evidence, 'evidence.jsonl'), 'utf8')
  writeFileSync(join(evidence, 'evidence.jsonl'), lines.replace('"amount":"50000"', '"amount":"50001"'))
  const more = await plimsoll('reserves', 'check', evidence, ...asset)
  expect(more.code).toBe(1)
  expect(more.stdout + more.stderr).toContain('the amount is not what is shown')
})

test('evidence whose headers start with a later block needs a reader who knows it (reserves.68)', async () => {
  const known = ['--checkpoint', `${CHAIN}=${chain.blocks[1]!.hash}:1`]
  const out = file('from-block-1')
  const { code, stderr } = await plimsoll(...collecting().with(-5, out), ...known)
  expect(code, stderr).toBe(0)
  const check = (...more: string[]) =>
    plimsoll('reserves', 'check', out, '--asset', `BTC=${COIN}`, '--json', ...more)
  expect(readFileSync(join(out, `headers/${CHAIN.replace(':', '-')}.bin`)).length).toBe(13 * 80)
  expect((await check(...known)).code).toBe(0)
  const unknown = await check()
  expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringContaining('nor a checkpoint')])
  const wrong = await check('--checkpoint', `${CHAIN}=1:1`)
  expect([wrong.code, wrong.stdout]).toEqual([2, expect.stringContaining('not the hash and the height')])
  const later = ['--checkpoint', `${CHAIN}=${chain.blocks[2]!.hash}:2`]
  const early = await plimsoll(...collecting().with(-5, file('from-block-2')), ...later)
  expect([early.code, early.stderr]).toEqual([2, expect.stringContaining('COLLECT_CHECKPOINT')])
})
