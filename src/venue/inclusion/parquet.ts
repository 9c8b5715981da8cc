import { randomBytes } from 'node:crypto'
import { chmod, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../../errors/index.js'
import {
  fileError,
  flushToDisk,
  inFolders,
  loadOptional,
  removeOnExit,
  writePrivateLines,
} from '../../files/index.js'

/** Rows that are in memory at once: a file of many slots takes 100 kB. */
const ROW_GROUP = 2048
/** No identifier and no JSON has this character. */
const DELIMITER = '\u0001'

/**
 * Writes a private Parquet file with the columns `account` and `inclusion`, both of text, beside its place
 * until it is whole.
 *
 * @param work gets what adds a row
 * @throws {InputError} `PACKAGE_MISSING`, `FILE_ACCESS`, and what `work` throws
 */
export async function writeParquet(
  path: string,
  work: (add: (account: string, inclusion: string) => void) => Promise<void>,
): Promise<void> {
  const { DuckDBInstance } = await loadOptional('@duckdb/node-api', () => import('@duckdb/node-api'))
  const folder = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  const discard = removeOnExit(folder)
  const [rows, made] = [join(folder, 'rows'), join(folder, 'made')]
  try {
    await inFolders([{ path: folder, mode: 0o700 }], async () => {
      await writePrivateLines(rows, (add) => work((account, text) => add(account + DELIMITER + text)))
      const instance = await DuckDBInstance.create(':memory:', {
        temp_directory: folder,
        memory_limit: '1GB',
        threads: '1',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        allow_community_extensions: 'false',
      })
      try {
        const connection = await instance.connect()
        await connection.run(`COPY (SELECT * FROM read_csv(${quoted(rows)}, auto_detect = false, header = false,
          columns = {'account': 'VARCHAR', 'inclusion': 'VARCHAR'}, delim = '${DELIMITER}', quote = '',
          escape = '')) TO ${quoted(made)} (FORMAT parquet, COMPRESSION zstd,
          ROW_GROUP_SIZE ${ROW_GROUP})`)
        connection.closeSync()
      } catch {
        // What the database says can quote a line.
        throw new InputError('INCLUSION_PARQUET', 'the table could not be written', {
          where: path,
          hint: 'Make sure that memory and disk have room, or write a file that ends with .jsonl.',
        })
      } finally {
        instance.closeSync()
      }
      await chmod(made, 0o600)
      await flushToDisk(folder)
      await rename(made, path)
    })
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : fileError(path, error)
  } finally {
    discard()
  }
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`
}
