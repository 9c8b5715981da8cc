import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { InputError } from '../../errors/index.js'
import { readJsonFile, writeJson } from '../../files/index.js'
import type { ChainConnection } from '../connection.js'
import { answered } from '../rpc.js'
import { writerOf } from '../transaction.js'
import { type Journal, journalSchema } from './record.js'

/** The journal beside the record that a deployment is going to write. */
export const journalPath = (out: string) => `${out}.journal`

/**
 * The journal of an earlier run, or one that begins now.
 *
 * @throws {InputError} `DEPLOYMENT_BEGUN` when another account or chain began it
 */
export async function openJournal(chain: ChainConnection, out: string): Promise<Journal> {
  const sender = writerOf(chain).account.address.toLowerCase()
  const path = journalPath(out)
  if (!existsSync(path)) {
    const { number, timestamp } = await answered(chain.reader.getBlock())
    return {
      schema: 'plimsoll/deployment-journal/1',
      ...{ chainId: `${chain.chainId}`, sender },
      ...{ block: Number(number), time: Number(timestamp), steps: {} },
    }
  }
  const journal = await readJsonFile(path, journalSchema)
  if (journal.chainId === `${chain.chainId}` && journal.sender === sender) return journal
  throw new InputError('DEPLOYMENT_BEGUN', `${journal.sender} began it on chain ${journal.chainId}`, {
    where: path,
    hint: 'Go on with that account on that chain, or write to another file.',
  })
}

export function writeJournal(out: string, journal: Journal): Promise<void> {
  return writeJson(journalPath(out), journal)
}

export function removeJournal(out: string): Promise<void> {
  return rm(journalPath(out), { force: true })
}
