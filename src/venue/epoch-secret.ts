import { createHmac, randomBytes } from 'node:crypto'
import type { Slot } from '../field/index.js'

/** Bytes of a salt or a blinding factor: 248 bits, below the field's order with no bias. */
const BYTES = 31

/**
 * The one secret of an epoch: 32 random bytes, fresh every epoch, from which every salt and blinding factor
 * is derived with HMAC-SHA-256. An interrupted run therefore resumes to the same chain, and whoever destroys
 * the seed destroys every link from a leaf to its account that the customers do not hold themselves.
 */
export class EpochSecret {
  private constructor(private readonly seed: Uint8Array) {}

  static random(): EpochSecret {
    return new EpochSecret(randomBytes(32))
  }

  static fromHex(hex: string): EpochSecret {
    return new EpochSecret(Buffer.from(hex, 'hex'))
  }

  /** The seed itself, for the private folder and nowhere else. */
  toHex(): string {
    return Buffer.from(this.seed).toString('hex')
  }

  /** Salt of an account's holder. */
  salt(accountId: string): bigint {
    return this.element('salt', accountId)
  }

  /** Identifier and salt of a padding account of batch `batch`: as random as any other. */
  padding(batch: number, index: number): { accountId: bigint; salt: bigint } {
    return {
      accountId: this.element('padding id', `${batch}:${index}`),
      salt: this.element('padding salt', `${batch}:${index}`),
    }
  }

  /** Blinding factor of the leaf that fixes what is claimed of batch `index`. */
  equitiesBlind(index: number): bigint {
    return this.element('equities', index.toString())
  }

  /** Blinding factor of the totals. */
  totalsBlind(): bigint {
    return this.element('totals', '')
  }

  /** Blinding factor of the weighted totals. */
  weightedTotalsBlind(): bigint {
    return this.element('weighted totals', '')
  }

  /** Blinding factor of the state after batch `index`. */
  stateBlind(index: number): bigint {
    return this.element('state', index.toString())
  }

  /** Blinding factor of the reserves commitment; another one for other reserves. */
  reservesBlind(reserves: readonly bigint[]): bigint {
    return this.element('reserves', reserves.join(','))
  }

  /**
   * The secret of a settlement that ends in this epoch. Copies of the epoch for several targets have one
   * settlement, and other rows have another secret: no salt is used twice.
   *
   * @param of all that decides which leaves it has
   */
  settlement(of: string): EpochSecret {
    return new EpochSecret(this.bytes('settlement', of))
  }

  /** The secret of the rows that a settlement has of a reason: another one for each. */
  rows(reason: string): EpochSecret {
    return new EpochSecret(this.bytes('rows', reason))
  }

  /** Blinding factor of the commitment to what flows in and out. */
  externalBlind(): bigint {
    return this.element('external', '')
  }

  /** Blinding factor of the flows of a settlement. */
  flowsBlind(): bigint {
    return this.element('flows', '')
  }

  /** Salt of what moved in a liquidation of an account; another one for another movement. */
  movementSalt(accountId: string, changes: readonly Slot[]): bigint {
    const moved = changes.map(({ instrument, quantity }) => `${instrument}:${quantity}`)
    return this.element('movement', JSON.stringify([accountId, ...moved]))
  }

  /**
   * Key of the order in which accounts enter the tree, so that a position says nothing about an identifier.
   */
  shuffleSeed(): Uint8Array {
    return this.bytes('shuffle', '')
  }

  /** Name of the run that proves the epoch: the same when it is taken up again, and it tells nothing. */
  runName(): string {
    return Buffer.from(this.bytes('run', '')).toString('hex')
  }

  /** Name of the proof of batch `index`. */
  proofName(index: number): string {
    return Buffer.from(this.bytes('proof', index.toString())).toString('hex')
  }

  /** Name of an account's inclusion file: it tells the account to nobody who lacks the seed. */
  inclusionName(accountId: string): string {
    return Buffer.from(this.bytes('inclusion file', accountId).subarray(0, 16)).toString('hex')
  }

  /** Name of the folder in which inclusion files are made: nobody else knows it, and can be there first. */
  exportName(): string {
    return Buffer.from(this.bytes('inclusion folder', '').subarray(0, 16)).toString('hex')
  }

  /** In the place of the digest of an inclusion file, where no account has one. */
  noFile(place: number): Uint8Array {
    return this.bytes('no inclusion file', place.toString())
  }

  /** A secret order of a batch's members, so that a position does not tell accounts from padding. */
  permute<T>(batchIndex: number, members: readonly T[]): T[] {
    return members
      .map((member, i) => ({ member, place: this.element('place', `${batchIndex}:${i}`) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ member }) => member)
  }

  private element(label: string, data: string): bigint {
    return BigInt(`0x${Buffer.from(this.bytes(label, data).subarray(0, BYTES)).toString('hex')}`)
  }

  private bytes(label: string, data: string): Uint8Array {
    return createHmac('sha256', this.seed).update(`plimsoll/${label}\0${data}`).digest()
  }
}
