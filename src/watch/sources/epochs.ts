import type { VerifiedEpoch, VerifyEpochOptions } from '../../epoch/index.js'
import { readJsonFile } from '../../files/index.js'
import { readPins } from '../../inputs/index.js'
import { rowsByKind } from '../../risk/index.js'
import { editable } from '../../schema/index.js'
import { policySchema, resolvePolicy } from '../../statements/index.js'
import type { WatchConfig } from '../config.js'
import type { WatchSource } from '../loop.js'
import { type Sample, sample } from '../samples.js'
import { EpochPlace, type FoundEpoch } from './epoch-places.js'
import { type HeldVerdict, isUnchanged, verdictOf } from './watched-epoch.js'

type Epochs = WatchConfig['epochs'][number]

/** Names of epochs that are remembered, with the manifests that were seen under them. */
const MAX_NAMES = 4096
/** Decimals of a ratio of a policy. */
const RATIO_ONE = 1e6

/** The epochs of one venue, verified on this machine. */
export class EpochsSource implements WatchSource {
  readonly name: string
  readonly every: number
  readonly comesFirst = true
  private readonly places: EpochPlace[]
  private trust: VerifyEpochOptions | undefined
  private readonly manifests = new Map<string, Set<string>>()
  private verdicts = new Map<string, HeldVerdict>()
  /** Whether every copy of the newest epoch is valid; nothing before one was found. */
  private valid: boolean | undefined
  /** The newest epoch that was found valid. */
  newest: VerifiedEpoch | undefined

  constructor(
    private readonly epochs: Epochs,
    private readonly config: WatchConfig,
    hosts: ReadonlySet<string>,
  ) {
    this.name = `epochs ${epochs.venue}`
    this.every = epochs.every
    this.places = epochs.from.map((place) => new EpochPlace(config.at(place), hosts, epochs.firstNumber))
  }

  async refresh(now: number): Promise<void> {
    this.trust ??= await this.readTrust()
    const found: { at: EpochPlace; epoch: FoundEpoch }[] = []
    let fault: unknown
    for (const at of this.places) {
      try {
        for (const epoch of await at.epochs(now)) {
          if (epoch.venue !== this.epochs.venue || !epoch.finished) continue
          this.remember(epoch)
          found.push({ at, epoch })
        }
      } catch (error) {
        fault ??= error
      }
    }
    const last = found
      .map(({ epoch }) => epoch.epoch)
      .sort(byName)
      .at(-1)
    const copies = found.filter(({ epoch }) => epoch.epoch === last)
    const verdicts = new Map<string, HeldVerdict>()
    for (const { at, epoch } of copies) {
      try {
        verdicts.set(epoch.place, await this.verdict(at, epoch, now))
      } catch (error) {
        fault ??= error
      }
    }
    if (verdicts.size > 0) {
      this.verdicts = verdicts
      const all = [...verdicts.values()]
      this.valid = all.every(({ opened }) => opened.report.valid)
      this.newest = all.find(({ opened }) => opened.epoch !== undefined)?.opened.epoch ?? this.newest
    }
    if (fault !== undefined) throw fault
  }

  samples(now: number): Sample[] {
    const { venue } = this.epochs
    const conflicts = [...this.manifests.values()].filter(({ size }) => size > 1).length
    const samples = [sample('plimsoll_epoch_conflicts', { venue }, conflicts, now)]
    if (this.valid !== undefined) {
      samples.push(sample('plimsoll_epoch_valid', { venue }, this.valid ? 1 : 0, now))
    }
    if (this.newest === undefined) return samples
    const { table, policy, manifest } = this.newest
    const at = table.timestamp
    const batches = manifest.parts.ledger.batches.reduce((sum, { count }) => sum + count, 0)
    samples.push(
      sample('plimsoll_epoch_age_seconds', { venue }, now - at, now),
      sample('plimsoll_epoch_batches', { venue }, batches, at),
    )
    const { instruments } = resolvePolicy(policy, table)
    for (const [i, row] of rowsByKind(table).spots.entries()) {
      const labels = { venue, instrument: table.instruments[row]!.symbol }
      const ratio = Number(instruments[i]!.minimumRatio) / RATIO_ONE
      samples.push(sample('plimsoll_epoch_least_ratio', labels, ratio, at))
    }
    return samples
  }

  /** The manifest that was seen under the name of an epoch, if there is just one. */
  manifestOf(epoch: string): string | undefined {
    const seen = this.manifests.get(epoch)
    return seen?.size === 1 ? [...seen][0] : undefined
  }

  private async verdict(at: EpochPlace, epoch: FoundEpoch, now: number): Promise<HeldVerdict> {
    const held = this.verdicts.get(epoch.place)
    const isSame = held?.opened.report.manifestSha256 === epoch.manifestSha256
    if (isSame && now - held.readAt < this.epochs.recheck && now >= held.readAt) return held
    const source = await at.open(epoch.place)
    if (isSame && (await isUnchanged(source, held))) return { ...held, readAt: now }
    return verdictOf(source, { ...this.trust!, now: Math.floor(now) }, now)
  }

  private remember({ epoch, manifestSha256 }: FoundEpoch): void {
    const seen = this.manifests.get(epoch) ?? new Set()
    this.manifests.set(epoch, seen.add(manifestSha256))
    const [oldest] = this.manifests.keys()
    if (this.manifests.size > MAX_NAMES) this.manifests.delete(oldest!)
  }

  private async readTrust(): Promise<VerifyEpochOptions> {
    const { pins, policy, production, signer } = this.epochs
    const weakest = policy === undefined ? undefined : this.config.at(policy)
    return {
      pins: await readPins(this.config.at(pins)),
      production,
      ...(weakest === undefined ? {} : { policy: await readJsonFile(weakest, editable(policySchema)) }),
      ...(signer === undefined ? {} : { venue: signer }),
    }
  }
}

/** Numbers by their value, all else by its text: days of the calendar are in order then. */
function byName(a: string, b: string): number {
  const isNumber = (name: string) => /^[0-9]{1,15}$/.test(name)
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b)
  return a < b ? -1 : a > b ? 1 : 0
}
