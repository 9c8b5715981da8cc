import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { connectChain, startLocalChain } from '../../../src/chain/index.js'
import { until } from '../../helpers/cli.js'

const CHAIN = fileURLToPath(new URL('../../../src/chain/index.ts', import.meta.url))

const answers = (rpcUrl: string) =>
  connectChain(rpcUrl).then(
    () => true,
    () => false,
  )

/** A process that starts a chain, says where, and then does as `then` has it. */
async function startElsewhere(then: string) {
  const script = `
    const { startLocalChain } = await import(${JSON.stringify(CHAIN)})
    const { rpcUrl } = await startLocalChain()
    console.log(rpcUrl)
    ${then}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, rpcUrl: said.toString().trim() }
}

test('a local chain answers with its id and can be written to, until it is stopped (proof.12)', async () => {
  const chain = await startLocalChain()
  const connection = await connectChain(chain.rpcUrl)
  expect(connection.chainId).toBe(chain.chainId)
  expect(connection.writer).toBeDefined()
  await chain.stop()
  expect(await answers(chain.rpcUrl)).toBe(false)
  await chain.stop()
})

test('two chains run beside each other (proof.12)', async () => {
  const chains = await Promise.all([startLocalChain(), startLocalChain()])
  expect(chains[0].rpcUrl).not.toBe(chains[1].rpcUrl)
  expect(await Promise.all(chains.map(({ rpcUrl }) => answers(rpcUrl)))).toEqual([true, true])
  await Promise.all(chains.map((chain) => chain.stop()))
})

test('a chain does not outlive a process that is killed (proof.12)', async () => {
  const { child, rpcUrl } = await startElsewhere('setInterval(() => {}, 1000)')
  expect(await answers(rpcUrl)).toBe(true)
  child.kill('SIGKILL')
  await until(async () => !(await answers(rpcUrl)))
})

test('a chain that nobody stops does not keep a process from ending, and ends with it (proof.12)', async () => {
  const { child, rpcUrl } = await startElsewhere('')
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
  await until(async () => !(await answers(rpcUrl)))
})

test.each([
  ['ftp://127.0.0.1', 'RPC_URL'],
  ['nonsense', 'RPC_URL'],
  ['http://127.0.0.1:9', 'RPC_UNREACHABLE'],
])('%s is refused (proof.12)', async (url, code) => {
  await expect(connectChain(url)).rejects.toMatchObject({ code, exitCode: 2 })
})

test('a malformed private key is refused and not repeated (privacy.7)', async () => {
  const privateKey = '0x1234secret'
  const error = await connectChain('http://127.0.0.1:9', { privateKey }).catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'PRIVATE_KEY' })
  expect(JSON.stringify(error) + (error as Error).stack).not.toContain('1234secret')
})
