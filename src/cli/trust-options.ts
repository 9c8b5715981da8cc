import { Option } from 'commander'
import type { AskContract, VerifyEpochOptions } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { readPolicy, readVenue, venueOption } from './options.js'
import { type KnownOptions, knownOptions, readKnown, readNodes } from './reserves-options.js'

/** The reader's trust and acceptance settings for proofs, as named on the command line. */
export interface ProofTrustOptions {
  pins?: string
  production?: boolean
  policy?: string
  /** Seconds. */
  maxAge?: number
  /** Address, of a contract also as `eip155:1:0x…`. */
  venue?: string
}

/** The same, and for evidence of reserves. */
export interface TrustOptions extends ProofTrustOptions, KnownOptions {}

/** The same, read. */
type Trust = Pick<
  VerifyEpochOptions,
  'pins' | 'production' | 'policy' | 'maxAge' | 'venue' | 'askContract' | 'evidence'
>

/** The options of every command that verifies an epoch. */
export function trustOptions(): Option[] {
  return [...proofTrustOptions(), ...knownOptions()]
}

/** The same, but for evidence of reserves. */
export function proofTrustOptions(): Option[] {
  return [
    new Option('--pins <file>', "keys to trust (default: those in this machine's cache)"),
    new Option('--production', 'refuse development keys; needs --pins'),
    new Option('--policy <file>', 'the weakest policy to accept (JSON; default: full reserves)'),
    new Option('--max-age <seconds>', 'refuse marks that are older than this, or of the future').argParser(
      readMaxAge,
    ),
    venueOption(),
  ]
}

/** @throws {InputError} when a file that an option names cannot be read */
export async function readTrust(options: TrustOptions): Promise<Trust> {
  const { askContracts } = await import('../collect/index.js')
  const evidence = await readKnown(options)
  const nodes = await readNodes(options.rpc ?? [])
  return {
    ...(await readProofTrust(options)),
    ...(nodes.size > 0 && {
      askContract: await askingVenue(askContracts(nodes), [...nodes.keys()], options),
    }),
    ...(Object.keys(evidence).length > 0 && { evidence }),
  }
}

/**
 * Asks no chain but that of the venue's contract: at the same address on another chain, a contract of anybody
 * else may stand, which takes what it likes.
 *
 * @param chains those that have nodes
 */
async function askingVenue(
  ask: AskContract,
  chains: readonly string[],
  { venue }: TrustOptions,
): Promise<AskContract> {
  if (venue === undefined) return ask
  const evm = chains.filter((chain) => chain.startsWith('eip155:'))
  const { chain: named } = await readVenue(venue)
  return (question) => {
    const chain = `eip155:${question.chainId}`
    if (named !== undefined && named !== chain) {
      throw new InputError('USAGE', `the signature is of a contract on ${chain}, the venue's is on ${named}`)
    }
    if (named === undefined && evm.length > 1) {
      throw new InputError('USAGE', 'a contract has to be named with its chain where nodes of several are', {
        where: '--venue',
        hint: "Write eip155:1:0x…, with the chain that the venue's contract is on.",
      })
    }
    return ask(question)
  }
}

/** @throws {InputError} when a file that an option names cannot be read */
export async function readProofTrust(options: ProofTrustOptions): Promise<Trust> {
  const { resolvePins } = await import('./artifacts.js')
  const { pins, production, policy, maxAge, venue } = options
  return {
    pins: await resolvePins(pins, production),
    production: production ?? false,
    ...(policy === undefined ? {} : { policy: await readPolicy(policy) }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(venue === undefined ? {} : { venue: (await readVenue(venue)).address }),
  }
}

function readMaxAge(text: string): number {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of seconds', {
    where: '--max-age',
    hint: 'Write whole seconds, such as 86400 for a day.',
  })
}
