import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { generatePrivateKey } from 'viem/accounts'
import { afterAll, expect, test } from 'vitest'
import { provePowers, testKey } from '../../../scripts/contract-fixtures/statements.js'
import { deployContract } from '../../../src/chain/deploy.js'
import {
  connectChain,
  deployVerifier,
  type LocalChain,
  startLocalChain,
  verifyOnChain,
} from '../../../src/chain/index.js'
import { terminateProving } from '../../../src/proving/index.js'

const chains: LocalChain[] = []
afterAll(async () => {
  await Promise.all(chains.map((chain) => chain.stop()))
  await terminateProving()
})

async function chainWith(flags: readonly string[], options = {}) {
  const local = await startLocalChain(flags)
  chains.push(local)
  return connectChain(local.rpcUrl, options)
}

const contract = (body: string, args: unknown[] = []) => ({
  sources: { 'A.sol': `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.25;\n${body}` },
  path: 'A.sol',
  name: 'A',
  args,
})

test.each(['paris', 'shanghai'])(
  'a chain before Cancun (%s) is named as such, before anything is sent (proof.15)',
  async (hardfork) => {
    const chain = await chainWith(['--hardfork', hardfork])
    const before = await chain.reader.getBlockNumber({ cacheTime: 0 })
    await expect(deployVerifier(chain, await testKey('squares-1'))).rejects.toMatchObject({
      code: 'CHAIN_EVM',
      exitCode: 2,
      message: expect.stringContaining('lacks instructions of Cancun'),
    })
    expect(await chain.reader.getBlockNumber({ cacheTime: 0 })).toBe(before)
  },
)

test('an account without funds is named, with what to do (proof.15)', async () => {
  const chain = await chainWith([], { privateKey: generatePrivateKey() })
  await expect(deployContract(chain, contract('contract A {}'))).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringContaining(`${chain.writer!.account.address} cannot pay for the gas`),
    hint: expect.stringContaining('Fund'),
  })
})

test('code that is larger than a chain takes is named as such (proof.15)', async () => {
  const chain = await chainWith(['--code-size-limit', '5'])
  await expect(deployContract(chain, contract('contract A {}'))).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    hint: expect.stringContaining('larger than this chain takes'),
  })
})

test('a block that has too little gas is named as such (proof.15)', async () => {
  const chain = await chainWith(['--gas-limit', '54000'])
  await expect(deployContract(chain, contract('contract A {}'))).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    hint: expect.stringContaining('more gas than a block'),
  })
})

test('a constructor that reverts gives its own reason (proof.15)', async () => {
  const chain = await chainWith([])
  const body = 'contract A { error TooMany(uint256 n); constructor(uint256 n) { revert TooMany(n); } }'
  await expect(deployContract(chain, contract(body, [7n]))).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringContaining('TooMany(7)'),
    hint: undefined,
  })
})

test('a deployment that reverts in its block is an error that names the transaction (proof.15)', async () => {
  const chain = await chainWith([])
  // Fit for a try, which is made before the block, and not in the block itself.
  const number = await chain.reader.getBlockNumber({ cacheTime: 0 })
  const body = `contract A { error Late(); constructor() { if (block.number > ${number}) revert Late(); } }`
  await expect(deployContract(chain, contract(body))).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringMatching(/reverted in block \d+: Late\(\) \(transaction 0x[0-9a-f]{64}\)/),
  })
})

test('a deployment that leaves no code is an error (proof.15)', async () => {
  const chain = await chainWith([])
  const body = 'contract A { constructor() { assembly { return(0, 0) } } }'
  await expect(deployContract(chain, contract(body))).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringContaining('left no code'),
  })
})

test('another chain than the one that was asked for is refused (proof.15)', async () => {
  await expect(chainWith([], { chainId: 1 })).rejects.toMatchObject({
    code: 'CHAIN_ID',
    message: '--rpc: the node is on chain 31337, not on 1',
  })
})

test('a node that goes away is said to, and its URL, which may hold a key, is not (privacy.7, proof.15)', async () => {
  const local = await startLocalChain()
  const chain = await connectChain(`${local.rpcUrl}/?key=secret-of-the-node`)
  const verifier = await deployVerifier(chain, await testKey('squares-1'))
  await local.stop()
  const honest = await provePowers(await testKey('squares-1'), [5n])
  for (const request of [
    deployContract(chain, contract('contract A {}')),
    verifyOnChain(chain, verifier, honest),
  ]) {
    const error = await request.catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'RPC_UNREACHABLE', exitCode: 2 })
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('secret-of-the-node')
  }
})

test('a node that answers with an HTTP error or nonsense is said to (proof.15)', async () => {
  for (const [status, body, code, said] of [
    [401, 'no', 'RPC_UNREACHABLE', 'HTTP status 401'],
    [200, ' '.repeat(10 * 1024 * 1024 + 1), 'RPC_REFUSED', 'exceeded'],
    [
      200,
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"go \\u001b[2J away"}}',
      'RPC_REFUSED',
      'go \\u{1b}[2J away',
    ],
  ] as const) {
    const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
    const { port } = await new Promise<AddressInfo>((resolve) =>
      server.once('listening', () => resolve(server.address() as AddressInfo)),
    )
    await expect(connectChain(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    })
    server.close()
  }
})
