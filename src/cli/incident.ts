import { Option } from 'commander'
import type { IncidentWords } from '../incident/index.js'
import { required } from './options.js'

/** What `incident open`, `note` and `close` have in common. */
export interface EntryOptions {
  incident: string
  text: string
  epoch?: string
  transaction?: string
  file?: string
  key?: string
  accounts?: string
  json?: boolean
}

export const LOG_ARGUMENT = ['<log>', 'the log (JSON lines)'] as const

export const LOG_NOTE =
  'The log is for others to read. What looks like a secret or an identifier is refused; --accounts also refuses the identifiers of your books. Note the head that is printed somewhere else, or publish it: it shows later that nothing before it was changed.'

export function entryOptions(): Option[] {
  return [
    required('--incident <name>', 'the incident: 1 to 48 of a-z, 0-9 and -'),
    required('--text <words>', 'what happened, in one line, for anyone to read'),
    new Option('--epoch <label>', 'the epoch that it is about'),
    new Option('--transaction <hash>', 'a transaction that it is about'),
    new Option('--file <file>', 'a file kept as evidence: its name and SHA-256 are written down'),
    new Option('--key <file>', 'a key that signs the entry, as `epoch sign --new-key` makes it'),
    new Option('--accounts <file>', 'accounts (CSV): a text that names one of them is refused'),
  ]
}

/** Adds an entry, and hands back what a program is told of it. */
export async function addEntry(path: string, words: IncidentWords, options: EntryOptions) {
  const { basename } = await import('node:path')
  const { sha256File } = await import('../files/index.js')
  const { appendIncident, formatHead } = await import('../incident/index.js')
  const { readSigningKey } = await import('../venue/index.js')
  const { epoch, transaction, file, key, accounts } = options
  const evidence = file && { name: basename(file), sha256: await sha256File(file) }
  const { head, entry } = await appendIncident({
    path,
    words: {
      ...words,
      ...(epoch === undefined ? {} : { epoch }),
      ...(transaction === undefined ? {} : { transaction }),
      ...(evidence ? { file: evidence } : {}),
    },
    now: Math.floor(Date.now() / 1000),
    ...(key === undefined ? {} : { key: await readSigningKey(key) }),
    ...(accounts === undefined ? {} : { accounts }),
  })
  return { log: path, incident: entry.incident, did: entry.kind, at: entry.at, head: formatHead(head) }
}
