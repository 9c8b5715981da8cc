import { Option } from 'commander'
import type { VerifyEpochOptions } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { readAddress, readPolicy, venueOption } from './options.js'
import { type KnownOptions, knownOptions, readKnown, readNodes } from './reserves-options.js'

/** The reader's trust and acceptance settings for proofs, as named on the command line. */
export interface ProofTrustOptions {
  pins?: string
  production?: boolean
  policy?: string
  /** Seconds. */
  maxAge?: number
  /** Address. */
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
    ...(nodes.size > 0 && { askContract: askContracts(nodes) }),
    ...(Object.keys(evidence).length > 0 && { evidence }),
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
    ...(venue === undefined ? {} : { venue: await readAddress(venue, '--venue') }),
  }
}

function readMaxAge(text: string): number {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of seconds', {
    where: '--max-age',
    hint: 'Write whole seconds, such as 86400 for a day.',
  })
}
