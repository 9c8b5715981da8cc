import { writeSync } from 'node:fs'
import { fileError } from './disk.js'

/** Bytes that are gathered before they are written. */
const CHUNK = 1 << 20
/** Most bytes of UTF-8 that a unit of a string takes. */
const UTF8_BYTES = 3

/** Writes many small pieces to an open file, in few calls. */
export class ChunkWriter {
  private gathered = Buffer.allocUnsafe(CHUNK)
  private length = 0

  /** @param path the file's name, for messages */
  constructor(
    private readonly file: number,
    private readonly path: string,
  ) {}

  /** @throws {InputError} `FILE_ACCESS` */
  add(text: string): void {
    this.reserve(UTF8_BYTES * text.length)
    this.length += this.gathered.write(text, this.length)
  }

  /** @throws {InputError} `FILE_ACCESS` */
  addBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.gathered.set(bytes, this.length)
    this.length += bytes.length
  }

  /** @throws {InputError} `FILE_ACCESS` */
  flush(): void {
    try {
      for (let at = 0; at < this.length; ) at += writeSync(this.file, this.gathered, at, this.length - at)
    } catch (error) {
      throw fileError(this.path, error)
    }
    this.length = 0
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.gathered.length) return
    this.flush()
    if (bytes > this.gathered.length) this.gathered = Buffer.allocUnsafe(bytes)
  }
}
