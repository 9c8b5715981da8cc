import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { InputError } from '../errors/index.js'
import { fileError } from './disk.js'

/** Longest line, in bytes. */
const MAX_LINE = 1 << 20
const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const COMMA = 0x2c

/**
 * Where in a cell the scan stands; `closed` follows a quote in a quoted cell: its end, or half of a doubled
 * quote.
 */
const AT = { start: 0, bare: 1, quoted: 2, closed: 3 } as const

/** Rules for the rows, known once the header has been read. */
export interface CsvRowRules {
  columns: number
  emptyCells: 'allow' | 'refuse'
  /** Whether there may be no row at all. */
  noRows?: 'allow'
}

export interface CsvReader {
  /** Prefix of error codes: `LEDGER` for `LEDGER_SYNTAX`. */
  codes: 'LEDGER' | 'RISK' | 'TIERS' | 'CHANNELS' | 'RESERVES' | 'DEPTH'
  /** Where the bytes are, if not at the path that messages name. */
  source?: string
  /** Gets the names of the first line and says what the rows must look like. */
  header(names: string[]): CsvRowRules
  /** Gets every row after it, in order. Left out, the rows are only checked. */
  row?(cells: string[], line: number): void
  /** Gets the number of bytes read so far, every mebibyte or so. */
  progress?(bytes: number): void
}

export interface CsvScan {
  /** SHA-256 of the whole file, lower-case hex. */
  sha256: string
  /** Rows after the header. */
  rows: number
}

/**
 * Reads a CSV file once, byte by byte, and refuses everything that a lenient reader would repair in silence:
 * rows with missing or extra cells, blank lines, quotes out of place, cells over several lines, mixed line
 * ends, control characters, bytes that are not UTF-8. What passes has one row on each line, under RFC 4180
 * and in one reading only.
 *
 * @throws {InputError} `…_SYNTAX`, `…_ENCODING`, `…_ROW`, `…_EMPTY`, all starting as `reader.codes` says;
 * `FILE_ACCESS`; and what the reader throws
 */
export async function scanCsv(path: string, reader: CsvReader): Promise<CsvScan> {
  const hash = createHash('sha256')
  const scanner = new LineScanner(path, reader)
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  let bytes = 0
  try {
    for await (const chunk of createReadStream(reader.source ?? path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer)
      bytes += (chunk as Buffer).length
      reader.progress?.(bytes)
      let block = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
      if (isFirst && block.length >= 3) {
        if (block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf) block = block.subarray(3)
        isFirst = false
      }
      const end = block.lastIndexOf(LF) + 1
      scanner.scan(block.subarray(0, end), true)
      rest = block.subarray(end)
      if (rest.length > MAX_LINE) scanner.refuseLongLine()
    }
  } catch (error) {
    throw fileError(path, error)
  }
  if (rest.length > 0) scanner.scan(Buffer.concat([rest, Buffer.from([LF])]), false)
  const rows = scanner.finish()
  return { sha256: hash.digest('hex'), rows }
}

class LineScanner {
  /** Lines seen so far, the header included. */
  private lines = 0
  private lineEnd: 'LF' | 'CRLF' | undefined
  private rules: CsvRowRules | undefined

  constructor(
    private readonly path: string,
    private readonly reader: CsvReader,
  ) {}

  /**
   * Takes whole lines, each with its LF; `terminated` is false for a last line whose LF is not in the file.
   */
  scan(block: Buffer, terminated: boolean): void {
    if (!isUtf8(block)) this.refuseEncoding(block)
    let lineStart = 0
    let cellStart = 0
    let cells = 0
    let emptyCell = 0
    let at: number = AT.start
    for (let i = 0; i < block.length; i++) {
      const byte = block[i]!
      if (at === AT.quoted) {
        if (byte === QUOTE) at = AT.closed
        else if (byte === LF || byte === CR) this.fail('SYNTAX', 'a quoted cell does not end on its line')
        else if (byte < 0x20) this.fail('SYNTAX', 'a control character')
      } else if (byte === COMMA || byte === LF || (byte === CR && block[i + 1] === LF)) {
        cells++
        if (emptyCell === 0 && (at === AT.start || (at === AT.closed && i - cellStart === 2)))
          emptyCell = cells
        at = AT.start
        cellStart = i + 1
        if (byte === COMMA) continue
        const line = block.subarray(lineStart, i)
        if (byte === CR) i++
        if (terminated || byte === CR) this.sameLineEnd(byte === CR ? 'CRLF' : 'LF')
        this.endLine(line, cells, emptyCell)
        lineStart = cellStart = i + 1
        cells = emptyCell = 0
      } else if (byte === QUOTE) {
        if (at === AT.bare) this.fail('SYNTAX', 'a quote inside a cell that is not quoted', QUOTING)
        at = AT.quoted
      } else if (byte < 0x20) {
        this.fail('SYNTAX', byte === CR ? 'a carriage return without a line feed' : 'a control character')
      } else if (at === AT.closed) {
        this.fail('SYNTAX', 'text after the closing quote of a cell', QUOTING)
      } else {
        at = AT.bare
      }
    }
  }

  /** The number of rows, after the last line. */
  finish(): number {
    if (this.lines < 2 && (this.lines === 0 || this.rules?.noRows !== 'allow')) {
      const message = this.lines === 0 ? 'the file is empty' : 'no row below the header'
      throw new InputError(`${this.reader.codes}_EMPTY`, message, { where: this.path })
    }
    return this.lines - 1
  }

  refuseLongLine(): never {
    return this.fail('SYNTAX', `a line longer than ${MAX_LINE} bytes`)
  }

  private endLine(line: Buffer, cells: number, emptyCell: number): void {
    if (line.length > MAX_LINE) this.refuseLongLine()
    if (line.length === 0) this.fail('ROW', 'a blank line', 'Remove blank lines, also at the end.')
    if (this.rules === undefined) {
      this.rules = this.reader.header(splitLine(line))
    } else if (cells !== this.rules.columns) {
      this.fail(
        'ROW',
        `${cells} cells where the header has ${this.rules.columns}`,
        'Put a cell that has a comma in double quotes.',
      )
    } else if (emptyCell !== 0 && this.rules.emptyCells === 'refuse') {
      this.fail('ROW', `cell ${emptyCell} is empty`, 'Write 0 where there is nothing.')
    } else {
      this.reader.row?.(splitLine(line), this.lines + 1)
    }
    this.lines++
  }

  private sameLineEnd(found: 'LF' | 'CRLF'): void {
    this.lineEnd ??= found
    if (this.lineEnd !== found) {
      this.fail('SYNTAX', 'a line end unlike those before: LF and CRLF are mixed')
    }
  }

  private refuseEncoding(block: Buffer): never {
    for (let start = 0; ; ) {
      const end = block.indexOf(LF, start) + 1
      if (!isUtf8(block.subarray(start, end))) {
        return this.fail('ENCODING', 'not valid UTF-8', 'Save the file as UTF-8.')
      }
      this.lines++
      start = end
    }
  }

  /** Raises an error at the line that is being read. */
  private fail(kind: 'SYNTAX' | 'ENCODING' | 'ROW', message: string, hint?: string): never {
    throw new InputError(`${this.reader.codes}_${kind}`, message, {
      where: `${this.path}:${this.lines + 1}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

const QUOTING = 'Put the whole cell in double quotes and double every quote inside it.'

/** The cells of a line whose quoting has been checked. */
function splitLine(line: Buffer): string[] {
  return [...`,${line.toString('utf8')}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!,
  )
}
