import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance, DuckDBResult, DuckDBValue } from '@duckdb/node-api'
import { InputError } from '../errors/index.js'
import { loadOptional, removeOnExit } from '../files/index.js'
import type { LedgerOptions } from './ledger.js'

type DuckDB = typeof import('@duckdb/node-api')
type Parameters = Record<string, string | Uint8Array | readonly string[]>
export type Row = DuckDBValue[]

/**
 * An in-memory DuckDB that spills into a folder of its own, readable by this user alone.
 * The folder goes with `close`, or with the process. Nothing is loaded over the network, and nothing is read
 * but one file in the folder.
 */
export class Database {
  private constructor(
    private readonly duckdb: DuckDB,
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly folder: string,
    private readonly removeFolder: () => void,
    private readonly where: string,
  ) {}

  /**
   * @param where the file that is being read, for messages
   * @throws {InputError} `PACKAGE_MISSING`, `LEDGER_READ`
   */
  static async open(where: string, options: LedgerOptions): Promise<Database> {
    // Loaded here, as few commands read a ledger.
    const duckdb = await loadOptional('@duckdb/node-api', () => import('@duckdb/node-api'))
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-ledger-'))
    const removeFolder = removeOnExit(folder)
    try {
      const instance = await duckdb.DuckDBInstance.create(':memory:', {
        temp_directory: folder,
        memory_limit: options.memoryLimit ?? '1GB',
        ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        allow_community_extensions: 'false',
      })
      return new Database(duckdb, instance, await instance.connect(), folder, removeFolder, where)
    } catch (error) {
      removeFolder()
      throw databaseError(error, where)
    }
  }

  /** Where the file that is read has to lie. */
  get input(): string {
    return join(this.folder, 'input')
  }

  /** The same as a pattern that matches this one file, whatever characters are in it. */
  get inputPattern(): string {
    return this.input.replace(/[*?[]/g, '[$&]')
  }

  /** From here on nothing but this one file is read, which lies there by now, and no setting changes. */
  async lock(): Promise<void> {
    const paths = [this.input, this.inputPattern].map((path) => `'${path.replaceAll("'", "''")}'`)
    await this.run(`SET allowed_paths = [${paths.join(', ')}]`)
    await this.run('SET enable_external_access = false')
    await this.run('SET lock_configuration = true')
  }

  async run(sql: string, parameters: Parameters = {}): Promise<void> {
    await this.connection.run(sql, this.bind(parameters)).catch((error: unknown) => {
      throw databaseError(error, this.where)
    })
  }

  /** A whole, small result. */
  async rows(sql: string, parameters: Parameters = {}): Promise<Row[]> {
    const rows: Row[] = []
    for await (const columns of this.columns(sql, parameters)) {
      columns[0]?.forEach((_, i) => {
        rows.push(columns.map((column) => column[i]!))
      })
    }
    return rows
  }

  /**
   * A result of any size, a few thousand rows at a time, each time as columns; on a connection of its own.
   */
  async *columns(sql: string, parameters: Parameters = {}): AsyncGenerator<DuckDBValue[][], void, undefined> {
    let connection: DuckDBConnection | undefined
    try {
      connection = await this.instance.connect()
      const result: DuckDBResult = await connection.stream(sql, this.bind(parameters))
      for (;;) {
        const chunk = await result.fetchChunk()
        if (chunk === null || chunk.rowCount === 0) return
        yield chunk.getColumns()
      }
    } catch (error) {
      throw databaseError(error, this.where)
    } finally {
      connection?.closeSync()
    }
  }

  async close(): Promise<void> {
    this.connection.closeSync()
    this.instance.closeSync()
    this.removeFolder()
  }

  private bind(parameters: Parameters): Record<string, DuckDBValue> {
    const { blobValue, listValue } = this.duckdb
    const bound = Object.entries(parameters).map(([name, value]): [string, DuckDBValue] => [
      name,
      typeof value === 'string' ? value : value instanceof Uint8Array ? blobValue(value) : listValue(value),
    ])
    return Object.fromEntries(bound)
  }
}

/** DuckDB's messages quote the file's lines, so only their kind is passed on. */
function databaseError(error: unknown, where: string): InputError {
  if (error instanceof InputError) return error
  const kind = /^[A-Z][A-Za-z -]*(?= Error)/.exec(error instanceof Error ? error.message : '')?.[0]
  return new InputError('LEDGER_READ', `could not be read${kind ? ` (${kind.toLowerCase()})` : ''}`, {
    where,
    hint: 'Check that the file is complete, and that memory and the temporary folder have room for it.',
  })
}
