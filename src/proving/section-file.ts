import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { formatError } from './format-error.js'

/** No format of these files has more. */
const MOST_SECTIONS = 64

/** Where a section's contents are in its file, in bytes. */
export interface Section {
  at: number
  length: number
}

/**
 * iden3's container of numbered sections, which `r1cs`, `zkey` and `wtns` files share: where each section is.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when a section is there twice or does not lie in the file, or
 * there are more than any file has
 */
export function readSections(path: string, magic: string): Map<number, Section> {
  const { size } = statSync(path)
  const start = readBytes(path, 0, 12)
  if (Buffer.from(start.buffer, 0, 4).toString('latin1') !== magic) throw formatError(path)
  const sections = new Map<number, Section>()
  const count = start.getUint32(8, true)
  if (count > MOST_SECTIONS) throw formatError(path)
  for (let i = 0, position = 12; i < count; i++) {
    const head = readBytes(path, position, 12)
    const length = Number(head.getBigUint64(4, true))
    const id = head.getUint32(0, true)
    const at = position + 12
    if (length > size - at || sections.has(id)) throw formatError(path)
    sections.set(id, { at, length })
    position = at + length
  }
  return sections
}

/** Exactly `length` bytes of a file. @throws {ArtifactError} `ARTIFACT_FORMAT` when it is shorter. */
export function readBytes(path: string, at: number, length: number): DataView {
  const bytes = new Uint8Array(length)
  const fd = openSync(path, 'r')
  try {
    if (readSync(fd, bytes, 0, length, at) !== length) throw formatError(path)
  } finally {
    closeSync(fd)
  }
  return new DataView(bytes.buffer)
}

const BUFFER_BYTES = 1 << 20

/** Writes a new section file, one section after the other. */
export class SectionWriter {
  private readonly fd: number
  private readonly buffer = new Uint8Array(BUFFER_BYTES)
  private readonly view = new DataView(this.buffer.buffer)
  private filled = 0
  private flushed = 0
  private start = 0

  constructor(path: string, magic: string, version: number, sections: number) {
    this.fd = openSync(path, 'wx')
    this.write(new TextEncoder().encode(magic))
    this.writeUint32(version)
    this.writeUint32(sections)
  }

  /** Bytes written to the section under way. */
  get length(): number {
    return this.flushed + this.filled - this.start
  }

  begin(id: number): void {
    this.writeUint32(id)
    this.write(new Uint8Array(8))
    this.start = this.flushed + this.filled
  }

  end(): void {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(this.length), true)
    this.overwrite(-8, bytes)
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.filled === BUFFER_BYTES) this.flush()
      const part = bytes.subarray(at, at + BUFFER_BYTES - this.filled)
      this.buffer.set(part, this.filled)
      this.filled += part.length
      at += part.length
    }
  }

  writeUint32(value: number): void {
    if (this.filled > BUFFER_BYTES - 4) this.flush()
    this.view.setUint32(this.filled, value, true)
    this.filled += 4
  }

  /** Writes over what is `offset` bytes into the section under way. */
  overwrite(offset: number, bytes: Uint8Array): void {
    this.flush()
    writeSync(this.fd, bytes, 0, bytes.length, this.start + offset)
  }

  close(): void {
    this.flush()
    closeSync(this.fd)
  }

  private flush(): void {
    for (let done = 0; done < this.filled; ) {
      done += writeSync(this.fd, this.buffer, done, this.filled - done, this.flushed + done)
    }
    this.flushed += this.filled
    this.filled = 0
  }
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}
