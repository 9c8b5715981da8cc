import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { ArtifactError } from '../errors/index.js'
import { resolveOptional } from '../files/index.js'

export interface LocalChain {
  rpcUrl: string
  chainId: number
  /** Ends the chain; all that was on it is gone. */
  stop(): Promise<void>
}

const CHAIN_ID = 31_337
const START_TIMEOUT_MS = 120_000

/**
 * Runs the chain and ends it when its own standard input closes, which the system does for a parent that is
 * gone, however it went: no chain outlives the process that started it.
 */
const WATCHDOG = `
const { spawn } = require('node:child_process')
const [file, ...args] = process.argv.slice(1)
const chain = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] })
chain.on('error', (error) => { console.error(error.message); process.exit(1) })
chain.on('exit', (code) => process.exit(code ?? 1))
process.stdin.on('close', () => chain.kill('SIGKILL')).resume()
`

/**
 * Starts a local Ethereum chain (anvil) on a free port of 127.0.0.1 and waits until it answers. Its accounts
 * are unlocked and funded. It does not keep this process from ending, and ends with it.
 *
 * @param flags more of anvil's own, such as `['--hardfork', 'prague']`
 * @throws {InputError} `PACKAGE_MISSING`
 * @throws {ArtifactError} `LOCAL_CHAIN` when anvil is not installed for this machine or does not start.
 * @example
 * const local = await startLocalChain()
 * try {
 *   await deployVerifier(await connectChain(local.rpcUrl), await ensureArtifacts('ledger-tiny'))
 * } finally {
 *   await local.stop()
 * }
 */
export async function startLocalChain(flags: readonly string[] = []): Promise<LocalChain> {
  const anvil = [anvilBinary(), '--host', '127.0.0.1', '--port', '0', '--chain-id', `${CHAIN_ID}`, ...flags]
  const watchdog = spawn(process.execPath, ['-e', WATCHDOG, ...anvil], { stdio: ['pipe', 'pipe', 'pipe'] })
  const stop = async () => {
    if (watchdog.exitCode !== null || watchdog.signalCode !== null) return
    const ended = once(watchdog, 'exit')
    watchdog.ref()
    watchdog.stdin.end()
    await ended
  }
  try {
    const port = await listeningPort(watchdog)
    release(watchdog)
    return { rpcUrl: `http://127.0.0.1:${port}`, chainId: CHAIN_ID, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The binary of this platform's package, which is a dependency of the anvil package and found from there. */
function anvilBinary(): string {
  const { platform, arch } = process
  const name = `@foundry-rs/anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}`
  const anvil = resolveOptional('@foundry-rs/anvil', '@foundry-rs/anvil/package.json')
  try {
    const folder = dirname(createRequire(anvil).resolve(`${name}/package.json`))
    return join(folder, 'bin', platform === 'win32' ? 'anvil.exe' : 'anvil')
  } catch (cause) {
    throw new ArtifactError('LOCAL_CHAIN', `the package ${name} is not installed`, {
      hint: 'Install with optional dependencies, on a platform that foundry supports.',
      cause,
    })
  }
}

/** The port that anvil says it listens on, once it does. */
function listeningPort({ stdout, stderr }: ChildProcess & { stdout: Readable; stderr: Readable }) {
  return new Promise<number>((resolve, reject) => {
    let output = ''
    const fail = (why: string) =>
      reject(new ArtifactError('LOCAL_CHAIN', `anvil did not start: ${output.trim().slice(-500) || why}`))
    const timer = setTimeout(() => fail(`no answer in ${START_TIMEOUT_MS / 1000} seconds`), START_TIMEOUT_MS)
    const read = (chunk: Buffer) => {
      output += chunk
      const port = /^Listening on 127\.0\.0\.1:(\d+)$/m.exec(output)
      if (!port) return
      clearTimeout(timer)
      stdout.off('data', read)
      resolve(Number(port[1]))
    }
    stdout.on('data', read)
    stderr.on('data', (chunk: Buffer) => {
      output += chunk
    })
    stdout.on('close', () => {
      clearTimeout(timer)
      fail('it ended at once')
    })
  })
}

/** Lets this process end while the chain runs, and reads away what the chain goes on to say. */
function release(keeper: ChildProcess): void {
  keeper.unref()
  for (const stream of [keeper.stdin, keeper.stdout, keeper.stderr]) {
    ;(stream as { unref?: () => void } | null)?.unref?.()
  }
  keeper.stdout?.resume()
  keeper.stderr?.resume()
}
