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

  constructor(private readonly inner: Source) {
    this.name = inner.name
    if (inner.list) this.list = (folder) => inner.list!(folder)
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const bytes = await this.inner.read(path, maxBytes)
    if (bytes === undefined) return undefined
    const sha256 = sha256Hex(bytes)
    const before = this.files.get(path) ?? sha256
    if (before !== sha256) fail(`${path}: not the same file as when it was verified`)
    this.files.set(path, sha256)
    return bytes
  }

  /**
   * Every file that was read, by its path. Proofs of batches, which may be many, are one entry: the SHA-256
   * of the lines that `sha256sum` prints of them in the order of their paths.
   */
  hashes(): InputHash[] {
    const all = [...this.files].sort(([a], [b]) => (a < b ? -1 : 1))
    const proofs = all.filter(([path]) => PROOFS.test(path))
    const lines = proofs.map(([path, sha256]) => `${sha256}  ${path}\n`).join('')
    return [
      ...all.filter(([path]) => !PROOFS.test(path)).map(([name, sha256]) => ({ name, sha256 })),
      ...(proofs.length === 0
        ? []
        : [
            {
              name: `${proofs.length} proofs: sha256sum ledger/*/*.json | sha256sum`,
              sha256: sha256Text(lines),
            },
          ]),
    ]
  }
}
