import { InputError } from '../errors/index.js'
import { scanCsv } from '../files/index.js'

/** Identifiers that are shorter than this would be found in any text. */
const SHORTEST = 3

/**
 * Refuses words in which the identifier of an account stands. The file is read and nothing of it is kept.
 *
 * @param accounts a CSV file with identifiers in its first column, such as the venue's accounts
 * @throws {InputError} `INCIDENT_ENTRY`, which does not say which one, and what `scanCsv` throws
 */
export async function assertNamesNoAccount(
  words: readonly string[],
  accounts: string | undefined,
): Promise<void> {
  if (accounts === undefined) return
  const said = words.map(plain)
  let found = false
  await scanCsv(accounts, {
    codes: 'LEDGER',
    header: (names) => ({ columns: names.length, emptyCells: 'allow' }),
    row: ([id = '']) => {
      const name = plain(id)
      found ||= name.length >= SHORTEST && said.some((text) => text.includes(name))
    },
  })
  if (!found) return
  throw new InputError('INCIDENT_ENTRY', 'the identifier of an account stands in the words', {
    hint: 'A log is for others to read: say what happened without naming an account.',
  })
}

/** A text as it is compared: however an identifier is written, it is the same one. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
