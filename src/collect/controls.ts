import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { fileError, scanCsv, statFile } from '../files/index.js'
import {
  accountSchema,
  bip322OfPsbts,
  type Control,
  controlSchema,
  isPsbt,
  linesOf,
  parseAccount,
} from '../reserves/index.js'
import { bySchema, parseJsonAs } from '../schema/index.js'
import { SIGNATURE_COLUMNS } from './messages.js'

const MAX_LINE = 8_388_608
const PSBT_ENDING = '.psbt'

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
  const rows: { id: string; cells: [kind: string, signature: string, script: string]; where: string }[] = []
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
      rows.push({ id, cells: [kind, signature.trim(), script.trim()], where })
    },
  })
  for (const { id, cells, where } of rows) {
    const [kind, given, script] = cells
    const signature = kind === 'bip322' ? await bip322Of(given, { path, where }) : given
    const read = bySchema(controlSchema, controlOf(kind, signature, script))
    if (read.fault !== undefined) {
      throw new InputError('RESERVES_CELL', `the signature of ${kind} ${read.fault.message}`, { where })
    }
    add(id, read.data, where)
  }
}

/**
 * A signature of BIP-322 as it stands in a cell, or as PSBTs hold it: these, or files of them beside the
 * list.
 */
async function bip322Of(cell: string, { path, where }: { path: string; where: string }): Promise<string> {
  const parts = cell.split(/ +/)
  if (!parts.some((part) => isPsbt(part) || part.endsWith(PSBT_ENDING))) return cell
  const psbts: string[] = []
  for (const part of parts) {
    psbts.push(part.endsWith(PSBT_ENDING) ? await readPsbt(join(dirname(path), part)) : part)
  }
  const signature = bip322OfPsbts(psbts)
  if (signature !== undefined) return signature
  throw new InputError('RESERVES_CELL', 'the PSBT cannot be read, or too few keys have signed it', { where })
}

/** A PSBT in base64, from a file of its bytes or of base64. */
async function readPsbt(path: string): Promise<string> {
  const { size } = await statFile(path)
  if (size > MAX_LINE) {
    throw new InputError('RESERVES_CELL', `longer than the ${MAX_LINE} bytes allowed`, { where: path })
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  return bytes.subarray(0, 5).toString('latin1') === 'psbt\xff'
    ? bytes.toString('base64')
    : bytes.toString('latin1').trim()
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
