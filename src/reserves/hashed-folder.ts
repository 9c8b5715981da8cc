import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { sha256Text } from '../schema/index.js'
import type { EvidenceFolder } from './folder.js'

/** A folder whose files are hashed as they are read. */
export class HashedFolder implements EvidenceFolder {
  readonly name: string
  readonly #hashes = new Map<string, string>()

  constructor(private readonly source: EvidenceFolder) {
    this.name = source.name
  }

  list(): Promise<readonly string[]> {
    return this.source.list()
  }

  async open(path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const pieces = await this.source.open(path)
    return pieces && this.hashed(path, pieces)
  }

  private async *hashed(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const hash = sha256.create()
    for await (const piece of pieces) {
      hash.update(piece)
      yield piece
    }
    this.#hashes.set(path, bytesToHex(hash.digest()))
  }

  /**
   * SHA-256 of a list of all files that were read to their end, as `sha256sum` prints it: each file's hash,
   * two spaces, its path, a line end, in rising order of the paths.
   */
  hash(): string {
    const lines = [...this.#hashes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, hash]) => `${hash}  ${path}\n`)
    return sha256Text(lines.join(''))
  }
}
