import { type Address, type Hex, keccak256, zeroAddress } from 'viem'
import { encodePacked } from 'viem/utils'
import { policyHash } from '../../bundle/index.js'
import type { VerifiedEpoch } from '../../epoch/index.js'
import { ProofError } from '../../errors/index.js'
import { FIELD_ORDER } from '../../field/index.js'
import { packText, riskDigests } from '../../risk/index.js'
import { tablePoint } from '../../statements/index.js'
import type { ChainConnection } from '../connection.js'
import { RISK_REGISTER_ABI } from '../generated/abi.js'
import { venueId } from '../margin-gate.js'
import { coveredScenarios, keyOf, NO_HASH, proofsOf } from '../registry-calls.js'
import { type EpochStanding, REGISTRY_ABI } from '../registry-standing.js'
import { answered, readView } from '../rpc.js'

/** In the order of the contracts. */
const STATEMENTS = ['ledger', 'solvency', 'backing'] as const
const PAUSED = 4

interface Key {
  verifier: Address
  from: number
  until: number
  statement: number
  place: number
}

interface Venue {
  operator: Address
  terms: { maxAge: number; maxLag: number }
}

/**
 * What a venue's epochs depend on besides proofs: addresses, zero for what is not asked for.
 */
export interface Guards {
  tables: Address
  levels: Address
  backing: Address
}

/** Reads views of a registry. */
export function viewsOf(chain: ChainConnection, address: Address) {
  return <T>(functionName: string, args: readonly unknown[] = []) =>
    readView<T>(chain, { address, abi: REGISTRY_ABI, functionName, args })
}

/**
 * The scenarios that a venue has to cover, as `finalize` names them: those given, or all that the table has
 * where any are asked for.
 */
export async function requiredScenarios(
  chain: ChainConnection,
  address: Address,
  epoch: VerifiedEpoch,
  given?: readonly string[],
): Promise<readonly string[]> {
  if (given !== undefined) return given
  const hash = await viewsOf(chain, address)<Hex>('scenariosOf', [venueId(epoch.manifest.venue)])
  return hash === NO_HASH ? [] : coveredScenarios(epoch)
}

/**
 * Asserts that a registry would take an epoch as far as its settings tell, before anything is spent: venue,
 * operator, number, keys, policy, time, scenarios, table and backing.
 *
 * @param about.now the time of the chain, in seconds
 * @throws {ProofError} `REGISTRY_REFUSED` with the first setting that is in the way, and who can change it
 */
export async function assertReady(
  chain: ChainConnection,
  address: Address,
  about: {
    epoch: VerifiedEpoch
    standing: EpochStanding
    scenarios: readonly string[]
    now: number
    unbacked: Address | undefined
  },
): Promise<void> {
  const { epoch, standing, scenarios, now, unbacked } = about
  const view = viewsOf(chain, address)
  const { venue, parts } = epoch.manifest
  const id = venueId(venue)
  const [[operator, terms], policy, required, guards, [state, , lastTaken], stopped] = await Promise.all([
    view<[Address, Venue['terms']]>('operatorOf', [id]),
    view<{ digest: bigint; text: Hex }>('policyOf', [id]),
    view<Hex>('scenariosOf', [id]),
    view<Guards>('guardsOf', [id]),
    view<[number, number, number, number]>('status', [id]),
    view<bigint>('stoppedKeys'),
  ])
  const refuse = (why: string, hint: string): never => {
    throw new ProofError('REGISTRY_REFUSED', `the registry would refuse the epoch: ${why}`, {
      where: address,
      hint: `${hint} Nothing was sent.`,
    })
  }
  const GOVERNORS = "The registry's governors decide that."
  if (operator === zeroAddress) refuse(`it does not know the venue ${venue}`, GOVERNORS)
  if (state === PAUSED) refuse('the venue is paused', GOVERNORS)
  if (standing.state === 'unused') await assertSigned(chain, { epoch, operator, now }, refuse)

  const { batches, solvency } = proofsOf(epoch)
  const uses = [
    ...[...new Set(batches.slice(standing.batches).map(({ instance }) => instance))].map(
      (instance) => [instance, 'ledger'] as const,
    ),
    [solvency.instance, 'solvency'] as const,
    ...(unbacked !== undefined && parts.backing ? [[parts.backing.instance, 'backing'] as const] : []),
  ]
  for (const [instance, statement] of uses) {
    const hash = keyOf(epoch, instance)
    const key = await view<Key>('keyOf', [hash])
    const named = `the key ${hash} of ${instance}`
    if (key.verifier === zeroAddress) refuse(`${named} is not registered`, GOVERNORS)
    if (STATEMENTS[key.statement] !== statement)
      refuse(`${named} is registered for another statement`, GOVERNORS)
    if ((stopped >> BigInt(key.place)) & 1n)
      refuse(`${named} is stopped, for ever`, 'Prove the epoch under another key.')
    if (now < key.from || now > key.until) {
      refuse(`${named} counts from ${key.from} to ${key.until}, and the chain is at ${now}`, GOVERNORS)
    }
  }

  if (policy.digest !== BigInt(parts.solvency.policy) || policy.text !== `0x${policyHash(epoch.policy)}`) {
    refuse(
      'its policy is not the accepted one',
      `${GOVERNORS} The digest of a policy changes with the table's rows.`,
    )
  }
  const { timestamp } = epoch.table
  const age = now - timestamp
  if (age < 0) refuse('its books are of the future', 'Wait, or check the clock that took them.')
  if (age > terms.maxLag) {
    refuse(
      `its books are ${age} s old, and may be ${terms.maxLag} s when it becomes final`,
      'Make a newer epoch.',
    )
  }
  if (timestamp <= lastTaken)
    refuse('its books are not later than those of the last final epoch', 'Make a newer epoch.')
  const names = scenarios.map(packText)
  const hash = names.length === 0 ? NO_HASH : keccak256(encodePacked(['uint256[]'], [names]))
  const covered = coveredScenarios(epoch)
  if (hash !== required || scenarios.some((name) => !covered.includes(name))) {
    refuse(
      `the venue has to cover other scenarios than ${scenarios.join(', ') || 'none'}`,
      `The table covers ${covered.join(', ') || 'none'}: name those of them that are asked for, in this order, with --scenario.`,
    )
  }
  await assertTable(chain, { epoch, tables: guards.tables }, refuse)
  if (unbacked !== undefined && parts.backing === undefined) {
    refuse('its reserves have to be backed by evidence', 'Prove that with `plimsoll reserves prove`.')
  }
}

type Refuse = (why: string, hint: string) => never

async function assertSigned(
  chain: ChainConnection,
  { epoch, operator, now }: { epoch: VerifiedEpoch; operator: Address; now: number },
  refuse: Refuse,
): Promise<void> {
  const { signature } = epoch
  // Without one `stepsFrom` says so.
  if (signature === undefined) return
  if (now > signature.deadline) {
    refuse(
      `the signature could be taken until ${signature.deadline}, and the chain is at ${now}`,
      'Sign it again.',
    )
  }
  const code = await answered(chain.reader.getCode({ address: operator }))
  const isContract = code !== undefined && code !== '0x'
  if (!isContract && signature.signer !== operator.toLowerCase()) {
    refuse(
      `it is signed by ${signature.signer}, and the venue's operator is ${operator}`,
      "Sign it with the operator's key.",
    )
  }
}

async function assertTable(
  chain: ChainConnection,
  { epoch, tables }: { epoch: VerifiedEpoch; tables: Address },
  refuse: Refuse,
): Promise<void> {
  if (tables === zeroAddress) return
  const { manifest, table } = epoch
  const content = await readView<Hex>(chain, {
    ...{
      address: tables,
      abi: RISK_REGISTER_ABI,
      functionName: 'contentOf',
      args: [BigInt(manifest.riskRoot)],
    },
  })
  if (content === NO_HASH) {
    refuse(
      'its risk table is not accepted now',
      `Have it proposed at ${tables}, and wait until its veto window is over.`,
    )
  }
  // The point is the hash of the same, reduced.
  const { columns, riskRoot, timestamp } = riskDigests(table, manifest.sizes)
  if (BigInt(content) % FIELD_ORDER !== tablePoint({ columns, riskRoot, timestamp })) {
    refuse(
      'its risk table was accepted with other marks, names or time',
      `Have it proposed again at ${tables}.`,
    )
  }
}
