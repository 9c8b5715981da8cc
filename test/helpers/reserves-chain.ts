import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Abi,
  type Account,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseAbi,
  stringToHex,
  zeroAddress,
} from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import {
  type CompiledContract,
  compileSolidity,
  connectChain,
  startLocalChain,
} from '../../src/chain/index.js'

const require = createRequire(import.meta.url)
const TOKENS = parseAbi([
  'function tokens() view returns (address[])',
  'function mint(address to, uint256 amount)',
])
const SAFE = parseAbi([
  'function setup(address[] owners, uint256 threshold, address to, bytes data, address handler, address token, uint256 payment, address receiver)',
  'function enableModule(address module)',
])

/** An account whose key follows from a name. */
export const keyOf = (name: string): PrivateKeyAccount => privateKeyToAccount(keccak256(stringToHex(name)))

/** What accounts of the chain hold, in smallest units. */
export const HELD = { ether: 3n * 10n ** 18n, token: 1_234_567n } as const

/** A local chain with what reserves can lie in. Every token has `HELD.token` with the holder. */
export interface ReservesChain {
  url: string
  /** CAIP-2 name. */
  chain: string
  /** A key's account with ether and tokens. */
  holder: PrivateKeyAccount
  /** An account that no block has. */
  nobody: PrivateKeyAccount
  tokens: Record<'zeppelin' | 'slot6' | 'vyper' | 'lying' | 'proxied', Hex>
  /** Contract behind the proxied token. */
  implementation: Hex
  /** A Safe of three owners of which two sign, with ether and tokens, one of each version. */
  safes: Record<'1.3.0' | '1.4.1', Hex>
  owners: readonly [PrivateKeyAccount, PrivateKeyAccount, PrivateKeyAccount]
  /** Sends a transaction, as any account, and gives the contract that it made, if it made one. */
  send(transaction: { to?: Hex; data?: Hex; value?: bigint; from?: Hex }): Promise<Hex>
  /** Sends a transaction that a key signs, and gives its hash. */
  sendAs(from: PrivateKeyAccount, transaction: { to: Hex; data: Hex }): Promise<Hex>
  /** Makes a block a minute later than all before it, and gives its time in Unix seconds. */
  moment(): Promise<number>
  /** Asks the node itself. */
  ask(method: string, params: unknown[]): Promise<unknown>
  stop(): Promise<void>
}

/** Makes all tokens at once, so that the compiler runs once. */
const MAKER = `pragma solidity ^0.8.25;
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {LayoutToken} from "LayoutToken.sol";
import {LayoutProxy} from "LayoutProxy.sol";

contract Zeppelin is ERC20("Zeppelin", "ZEP") {
    function mint(address to, uint256 amount) external { _mint(to, amount); }
}

contract Maker {
    address[] private made;
    constructor() {
        address implementation = address(new LayoutToken(3, false, false));
        made = [
            address(new Zeppelin()),
            address(new LayoutToken(6, false, false)),
            address(new LayoutToken(2, true, false)),
            address(new LayoutToken(0, false, true)),
            address(new LayoutProxy(implementation)),
            implementation
        ];
    }
    function tokens() external view returns (address[] memory) { return made; }
    function mint(address to, uint256 amount) external {
        for (uint256 i = 0; i < 5; ++i) LayoutToken(made[i]).mint(to, amount);
    }
}`

let compiled: Promise<CompiledContract> | undefined

/** A Solidity file and all that it imports, by the paths of imports. */
function withImports(
  path: string,
  source: string,
  found: Record<string, string> = {},
): Record<string, string> {
  found[path] = source
  for (const [, target] of source.matchAll(/^import .*"([^"]+)";$/gm)) {
    const place = target!.startsWith('.') ? posix.join(posix.dirname(path), target!) : target!
    if (found[place] !== undefined) continue
    const file = place.startsWith('@')
      ? require.resolve(place)
      : fileURLToPath(new URL(`../contracts/${place}`, import.meta.url))
    withImports(place, readFileSync(file, 'utf8'), found)
  }
  return found
}

function safeContract(name: string, contract: string): CompiledContract {
  const path = `${name}/build/artifacts/contracts/${contract}`
  return JSON.parse(readFileSync(require.resolve(path), 'utf8')) as CompiledContract
}

/** Starts the chain; it ends with the process, if it is not stopped before. */
export async function startReservesChain(): Promise<ReservesChain> {
  compiled ??= compileSolidity(withImports('Maker.sol', MAKER), 'Maker.sol', 'Maker')
  const [maker, local] = await Promise.all([compiled, startLocalChain(['--auto-impersonate'])])
  const { reader, writer } = await connectChain(local.rpcUrl)
  const ask = async (method: string, params: unknown[]): Promise<unknown> =>
    reader.request({ method, params } as never)
  const send: ReservesChain['send'] = async ({ from, ...transaction }) => {
    const account = (from ?? writer!.account) as Account | Hex
    const hash = await writer!.sendTransaction({ ...transaction, account, kzg: undefined } as never)
    const { status, contractAddress } = await reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })
    if (status !== 'success') throw new Error('a transaction of the test chain failed')
    return contractAddress ?? zeroAddress
  }
  const deploy = async ({ abi, bytecode }: { abi: Abi; bytecode: Hex }, args: unknown[] = []) => {
    const hash = await writer!.deployContract({ abi, bytecode, args } as never)
    return (await reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })).contractAddress!
  }
  const holder = keyOf('holder')
  const nobody = keyOf('nobody')
  const owners = [keyOf('owner 1'), keyOf('owner 2'), keyOf('owner 3')] as const
  const made = await deploy(maker)
  const [zeppelin, slot6, vyper, lying, proxied, implementation] = (
    (await reader.readContract({ address: made, abi: TOKENS, functionName: 'tokens' })) as Hex[]
  ).map((address) => address.toLowerCase() as Hex) as [Hex, Hex, Hex, Hex, Hex, Hex]
  const safe = async (name: string, singletonPath: string, proxyPath: string) => {
    const singleton = await deploy(safeContract(name, singletonPath))
    const address = await deploy(safeContract(name, proxyPath), [singleton])
    const args = [
      owners.map((each) => each.address),
      2n,
      zeroAddress,
      '0x',
      zeroAddress,
      zeroAddress,
      0n,
      zeroAddress,
    ] as const
    await send({ to: address, data: encodeFunctionData({ abi: SAFE, functionName: 'setup', args }) })
    return address.toLowerCase() as Hex
  }
  const safes = {
    '1.3.0': await safe(
      '@gnosis.pm/safe-contracts',
      'GnosisSafe.sol/GnosisSafe.json',
      'proxies/GnosisSafeProxy.sol/GnosisSafeProxy.json',
    ),
    '1.4.1': await safe(
      '@safe-global/safe-contracts',
      'Safe.sol/Safe.json',
      'proxies/SafeProxy.sol/SafeProxy.json',
    ),
  }
  for (const to of [holder.address, ...Object.values(safes)]) {
    await send({ to, value: HELD.ether })
    const args = [to, HELD.token] as const
    await send({ to: made, data: encodeFunctionData({ abi: TOKENS, functionName: 'mint', args }) })
  }
  return {
    url: local.rpcUrl,
    chain: `eip155:${local.chainId}`,
    holder,
    nobody,
    tokens: { zeppelin, slot6, vyper, lying, proxied },
    implementation,
    safes,
    owners,
    send,
    async sendAs(account, transaction) {
      const hash = await writer!.sendTransaction({ ...transaction, account, kzg: undefined } as never)
      await reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })
      return hash
    },
    async moment() {
      await ask('evm_increaseTime', [60])
      await ask('evm_mine', [])
      return Number((await reader.getBlock()).timestamp)
    },
    ask,
    stop: local.stop,
  }
}

/** Data of the call by which a Safe allows a module. */
export const enableModule = (module: Hex): Hex =>
  encodeFunctionData({ abi: SAFE, functionName: 'enableModule', args: [module] })

/** Data of the call by which the proxied token turns to another contract. */
export const pointTo = (implementation: Hex): Hex =>
  encodeFunctionData({
    abi: parseAbi(['function pointTo(address implementation)']),
    args: [implementation],
  })
