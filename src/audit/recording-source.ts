import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { fail, type Source } from '../bundle/index.js'
import { sha256Hex, sha256Text } from '../schema/index.js'

/** A file that was read, and the SHA-256 of its bytes in lower-case hex. */
export interface InputHash {
  name: string
  sha256: string
}

const PROOFS = /^ledger\//

/** A source that hashes each file as it is read. A file that is read again has to be the same. */
export class RecordingSource implements Source {
  private readonly files = new Map<string, string>()
  readonly name: string
  readonly list?: NonNullable<Source['list']>
  readonly stream?: NonNullable<Source['stream']>

  constructor(private readonly inner: Source) {
    this.name = inner.name
    if (inner.list) this.list = (folder) => inner.list!(folder)
    if (inner.stream) {
      this.stream = async (path) => {
        const pieces = await inner.stream!(path)
        return pieces && this.recorded(path, pieces)
      }
    }
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const bytes = await this.inner.read(path, maxBytes)
    if (bytes === undefined) return undefined
    this.record(path, sha256Hex(bytes))
    return bytes
  }

  private async *recorded(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const hash = sha256.create()
    for await (const piece of pieces) {
      hash.update(piece)
      yield piece
    }
    this.record(path, bytesToHex(hash.digest()))
  }

  private record(path: string, digest: string): void {
    if ((this.files.get(path) ?? digest) !== digest) {
      fail(`${path}: not the same file as when it was verified`)
    }
    this.files.set(path, digest)
  }

  /**
   * Every file that was read, by its path. Proofs of batches, which may be many, are one entry: the SHA-256
   * of the lines that `sha256sum` prints of them in the order of their paths.
   */
  hashes(): InputHash[] {
    const all = this.sorted()
    const proofs = all.filter(([path]) => PROOFS.test(path))
    return [
      ...all.filter(([path]) => !PROOFS.test(path)).map(([name, sha256]) => ({ name, sha256 })),
      ...(proofs.length === 0
        ? []
        : [
            {
              name: `${proofs.length} proofs: sha256sum ledger/*/*.json | sha256sum`,
              sha256: hashOfLines(proofs),
            },
          ]),
    ]
  }

  /**
   * All files that were read as one entry: the SHA-256 of the lines that `sha256sum` prints of them in the
   * order of their paths.
   *
   * @param what such as `previous epoch`
   */
  together(what: string): InputHash {
    const all = this.sorted()
    const name = `${what} ${this.name}: sha256sum of ${all.length} files by path | sha256sum`
    return { name, sha256: hashOfLines(all) }
  }

  private sorted(): [path: string, sha256: string][] {
    return [...this.files].sort(([a], [b]) => (a < b ? -1 : 1))
  }
}

/** SHA-256 of what `sha256sum` prints. */
function hashOfLines(files: readonly [path: string, sha256: string][]): string {
  return sha256Text(files.map(([path, sha256]) => `${sha256}  ${path}\n`).join(''))
}
