import type { Address, Hex } from 'viem'
import { type ChainReadings, venueId } from '../../chain/index.js'
import type { VerifiedEpoch } from '../../epoch/index.js'
import type { WatchConfig } from '../config.js'
import type { WatchContext, WatchSource } from '../loop.js'
import { type Sample, sample } from '../samples.js'

type Chain = WatchConfig['chains'][number]

/** What was read at one block, and how it is told at a time. */
type Told = (now: number) => Sample[]

/** What is known here of the epochs of a venue. */
export interface KnownEpochs {
  newest: VerifiedEpoch | undefined
  manifestOf(epoch: string): string | undefined
}

/** The contracts of a chain after its last block that counts, on the word of a node. */
export function chainSource(
  chain: Chain,
  context: WatchContext,
  known: (venue: string) => KnownEpochs | undefined,
): WatchSource {
  const { name, every } = chain
  /** By what was read, so that a reading that fails leaves the one before. */
  const told = new Map<string, Told>()
  return {
    name: `chain ${name}`,
    every,
    async refresh() {
      const readings = await context.readings(name)
      const at = readings.block.time
      told.set('block', (now) => [sample('plimsoll_chain_block_age_seconds', { chain: name }, now - at, now)])
      const asked = questionsOf(chain, readings, known)
      const answers = await Promise.allSettled(
        asked.map(async ({ key, ask }) => {
          told.set(key, await ask())
        }),
      )
      const failed = answers.find((answer) => answer.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    samples: (now) => [...told.values()].flatMap((tell) => tell(now)),
  }
}

interface Question {
  key: string
  ask(): Promise<Told>
}

function questionsOf(
  chain: Chain,
  readings: ChainReadings,
  known: (venue: string) => KnownEpochs | undefined,
): Question[] {
  const { name, registry, riskRegister, breaker, fund, venues, scopes, gates } = chain
  const at = readings.block.time
  const questions: Question[] = []
  const ask = (key: string, read: () => Promise<Told>) => questions.push({ key, ask: read })
  for (const venue of venues) {
    const labels = { chain: name, venue }
    if (registry !== undefined) {
      ask(`registry ${venue}`, async () => {
        const { state, epoch, until } = await readings.venue(registry as Address, venue)
        const here = epoch === 0 ? undefined : known(venue)?.manifestOf(`${epoch}`)
        const there =
          here === undefined ? undefined : await readings.manifestOf(registry as Address, venue, epoch)
        return (now) => [
          sample('plimsoll_registry_solvent', labels, state === 'solvent' ? 1 : 0, at),
          sample('plimsoll_registry_epoch', labels, epoch, at),
          ...(epoch === 0 ? [] : [sample('plimsoll_registry_left_seconds', labels, until - now, now)]),
          ...(here === undefined
            ? []
            : [sample('plimsoll_registry_matches', labels, here === there ? 1 : 0, at)]),
        ]
      })
    }
    if (riskRegister !== undefined) {
      ask(`table ${venue}`, async () => {
        const root = known(venue)?.newest?.manifest.riskRoot
        if (root === undefined) return () => []
        const isSuspended = await readings.isSuspended(riskRegister as Address, BigInt(root))
        return () => [sample('plimsoll_table_suspended', labels, isSuspended ? 1 : 0, at)]
      })
    }
  }
  if (breaker !== undefined) {
    const all = [...venues.map((venue) => ({ name: venue, id: venueId(venue) })), ...scopes]
    for (const { name: scope, id } of all) {
      ask(`breaker ${scope}`, async () => {
        const { level, causes } = await readings.levels(breaker as Address, id as Hex)
        return () => [
          sample('plimsoll_breaker_level', { chain: name, scope }, level, at),
          ...Object.entries(causes).map(([cause, held]) =>
            sample('plimsoll_breaker_cause_level', { chain: name, scope, cause }, held, at),
          ),
        ]
      })
    }
  }
  for (const token of fund?.tokens ?? []) {
    const asset = { address: token.address as Address | 'native', decimals: token.decimals }
    const labels = { chain: name, token: token.name }
    const address = fund!.address as Address
    ask(`fund ${token.name}`, async () => {
      const balance = await readings.fundBalance(address, asset)
      return () => [sample('plimsoll_fund_balance', labels, balance, at)]
    })
    for (const { name: beneficiary, id } of fund!.beneficiaries) {
      ask(`fund ${token.name} ${beneficiary}`, async () => {
        const { floor, cover } = await readings.fundOf(address, id as Hex, asset)
        return () => [
          sample('plimsoll_fund_floor', { ...labels, beneficiary }, floor, at),
          sample('plimsoll_fund_cover', { ...labels, beneficiary }, cover, at),
        ]
      })
    }
  }
  for (const gate of gates) {
    for (const { name: record, handle, requirement } of gate.records) {
      ask(`gate ${gate.name} ${record}`, async () => {
        const until = await readings.recordUntil(gate.address as Address, BigInt(handle), requirement)
        const labels = { gate: gate.name, record }
        return (now) => [sample('plimsoll_gate_record_left_seconds', labels, Math.max(0, until - now), now)]
      })
    }
  }
  return questions
}
