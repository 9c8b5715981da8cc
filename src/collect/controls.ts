import { createReadStream } from 'node:fs'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { scanCsv, statFile } from '../files/index.js'
import { accountSchema, type Control, controlSchema, linesOf, parseAccount } from '../reserves/index.js'
import { bySchema, parseJsonAs } from '../schema/index.js'
import { SIGNATURE_COLUMNS } from './messages.js'

const MAX_LINE = 8_388_608

const lineSchema = z.strictObject({ account: accountSchema, control: controlSchema })

/**
 * Reads what shows control of accounts: the list that `writeMessages` made, with its column `signature`
 * filled in, or one line of JSON for each account. Rows without a signature are left out.
 *
 * @throws {InputError} with file and line: `RESERVES_HEADER`, `RESERVES_CELL`, `RESERVES_TWICE`, and what
 * `scanCsv` and `parseJsonAs` throw
 * @example
 * const controls = await readControls(['to-sign/signatures.csv'])
 */
export async function readControls(paths: readonly string[]): Promise<Map<string, Control>> {
  const controls = new Map<string, Control>()
  for (const path of paths) {
    const add = (account: string, control: Control, where: string) => {
      if (controls.has(account)) throw new InputError('RESERVES_TWICE', 'the account stands above', { where })
      controls.set(account, control)
    }
    await (path.endsWith('.csv') ? readCsv(path, add) : readLines(path, add))
  }
  return controls
}

type Add = (account: string, control: Control, where: string) => void

async function readLines(path: string, add: Add): Promise<void> {
  await statFile(path)
  for await (const { text, number } of linesOf(createReadStream(path), MAX_LINE, path)) {
    const where = `${path}:${number}`
    const { account, control } = parseJsonAs(text, lineSchema, where)
    add(account, control, where)
  }
}

async function readCsv(path: string, add: Add): Promise<void> {
  await scanCsv(path, {
    codes: 'RESERVES',
    header(names) {
      if (names.join() !== SIGNATURE_COLUMNS.join()) {
        throw new InputError('RESERVES_HEADER', 'not the columns of a list of signatures', {
          where: `${path}:1`,
          hint: 'Fill in the list that `plimsoll reserves message` wrote.',
        })
      }
      return { columns: names.length, emptyCells: 'allow' }
    },
    row(cells, line) {
      const [text, kind, , signature, script] = cells as [string, string, string, string, string]
      if (signature === '') return
      const where = `${path}:${line}`
      const { id } = parseAccount(text, `${where}, column account`)
      const read = bySchema(controlSchema, controlOf(kind, signature.trim(), script.trim()))
      if (read.fault !== undefined) {
        throw new InputError('RESERVES_CELL', `the signature of ${kind} ${read.fault.message}`, { where })
      }
      add(id, read.data, where)
    },
  })
}

/** Signatures of several keys stand in one cell, with a space between. */
function controlOf(kind: string, signature: string, script: string): unknown {
  const signatures = signature.split(/ +/)
  const hex = (text: string) => (/^0x/i.test(text) ? text.toLowerCase() : `0x${text.toLowerCase()}`)
  switch (kind) {
    case 'bitcoin-message':
      return { kind, signatures, ...(script === '' ? {} : { script: hex(script) }) }
    case 'safe':
      return { kind, signatures: signatures.map(hex) }
    case 'eip191':
    case 'eip712':
    case 'tron':
      return { kind, signature: hex(signature) }
    case 'eip1271':
      // What the contract answers is asked of a node.
      return { kind, signature: hex(signature), result: '0x' }
    case 'ed25519-raw':
      return { kind, signature, form: script === 'solana-off-chain' ? script : 'raw' }
    case 'movement':
      return { kind, transaction: signature }
    default:
      return { kind, signature }
  }
}
