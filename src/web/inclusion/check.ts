import {
  addressSchema,
  bytesOfBlob,
  bytesSource,
  type KeyPins,
  parsePins,
  type Source,
  zipSource,
} from '../../bundle/index.js'
import {
  type OpenedEpoch,
  type OpenedPlace,
  openPlace,
  parseDisclosure,
  readSignedManifest,
  type VerifyEpochOptions,
  verifyDisclosure,
} from '../../epoch/index.js'
import { InputError, printableJson } from '../../errors/index.js'
import { formatDecimal } from '../../field/index.js'
import { ownerCommitment } from '../../hash/index.js'
import {
  type Asked as AskedOfFile,
  answering,
  type Inclusion,
  openInclusion,
  ownerRecipient,
  parseInclusion,
  parseOwner,
  parseRoot,
  passphraseRecipient,
  readArchive,
  verifyInclusion,
  verifyReceipt,
  withLiquidation,
  withStatement,
} from '../../inclusion/index.js'
import { decodeText, editable, MAX_TEXT_BYTES, parseJsonAs } from '../../schema/index.js'
import { policySchema } from '../../statements/index.js'
import type { Answer, Answered, Asked, EpochFacts, Named, Place, Shown, Told } from './messages.js'

/** Largest archive that is read, in bytes: 1 GiB. */
const MAX_ARCHIVE = 1024 * 1024 * 1024

/** What is found on the way, for the page beside the answer. */
interface Found {
  opened?: OpenedEpoch
  signer?: Answered['signer']
  pinned?: KeyPins
}

/**
 * Answers whether an account is counted: what `plimsoll inclusion verify` does, in its order, by the very
 * same functions, so that the report is the same to the byte.
 */
export async function check(asked: Asked, tell: (told: Told) => void): Promise<Answered> {
  const found: Found = {}
  const answer = await answering(() => verify(asked, tell, found))
  const { exitCode: _, ...report } = answer
  const facts = factsOf(found)
  const signer = found.signer ?? found.opened?.report.signer
  const shown = await answering(() => disclosed(asked, found))
  return {
    answer,
    json: `${printableJson(report)}\n`,
    ...(facts && { facts }),
    ...(signer && { signer }),
    ...(found.pinned && { pinned: found.pinned }),
    ...(shown && 'rows' in shown ? { shown } : {}),
    ...(shown && 'error' in shown ? { shown: unread(shown.error.message) } : {}),
  }
}

async function verify(asked: Asked, tell: (told: Told) => void, found: Found): Promise<Answer> {
  const { account, against } = asked
  const pins: KeyPins = asked.pins === undefined ? {} : parsePins(await textOf(asked.pins), asked.pins.name)
  const policy =
    asked.policy && parseJsonAs(await textOf(asked.policy), editable(policySchema), asked.policy.name)
  const venue = asked.venue === undefined ? undefined : readAddress(asked.venue)
  const secret = asked.owner && parseOwner(await textOf(asked.owner), asked.owner.name)
  const settings: AskedOfFile = {
    account,
    ...(secret === undefined ? {} : { owner: ownerCommitment(secret) }),
    ...(venue === undefined ? {} : { venue }),
  }
  const file = await readFile(asked, secret)
  const onCheck = (check: Shown['checks'][number]) => tell({ kind: 'check', check })
  if ('root' in against) {
    const root = parseRoot(against.root, 'the root') ?? refuseRoot()
    return verifyReceipt(file, root, { ...settings, onCheck })
  }
  if ('manifest' in against) {
    const manifest = await readSignedManifest(await sourceOf(against.manifest))
    const { signer: address } = manifest
    if (address !== undefined) found.signer = { address, known: address === venue }
    return verifyReceipt(file, manifest, { ...settings, onCheck })
  }
  const source = await counted(await sourceOf(against.epoch), (share) => tell({ kind: 'progress', share }))
  found.pinned = pins
  const { production } = against
  const trust: VerifyEpochOptions = {
    pins,
    production,
    ...(policy && { policy }),
    ...(venue === undefined ? {} : { venue }),
    onCheck,
  }
  const now = await openPlace(source, trust)
  found.opened = now.opened
  const before: OpenedPlace[] = []
  for (const place of asked.before ?? []) {
    before.push(await openPlace(await sourceOf(place), trust))
  }
  const report = verifyInclusion(file, now.opened, { ...settings, onCheck })
  return withStatement(await withLiquidation(report, file, now, trust), file, now, before, trust)
}

/** The reader's inclusion file: as it is, or out of an archive of sealed ones. */
async function readFile({ file, account }: Asked, secret: bigint | undefined): Promise<Inclusion> {
  if ('opened' in file) return parseInclusion(await textOf(file.opened), file.opened.name)
  const source = await sourceOf(file.sealed)
  const archive = await readArchive(source)
  const { passphrase } = file
  if (globalThis.crypto?.subtle === undefined) {
    throw new InputError('UNSEAL', 'this browser opens nothing that is sealed on such a page', {
      hint: 'Open the page from https or as a file of your own, or use `plimsoll inclusion open`.',
    })
  }
  if (secret !== undefined) return openInclusion(source, archive, await ownerRecipient(secret))
  if (passphrase === undefined) {
    throw new InputError('UNSEAL', 'the archive is sealed', {
      where: source.name,
      hint: 'Choose your owner file, too, or type the passphrase that the venue gave you.',
    })
  }
  return openInclusion(source, archive, await passphraseRecipient(passphrase, account, archive.id))
}

async function textOf({ name, content }: Named): Promise<string> {
  return decodeText(await bytesOfBlob(content, MAX_TEXT_BYTES, name), name)
}

async function sourceOf(place: Place): Promise<Source> {
  if ('files' in place) return bytesSource(place.files, place.name)
  return zipSource(await bytesOfBlob(place.content, MAX_ARCHIVE, place.name), place.name)
}

/** A source that tells which share of its files has been read. */
async function counted(source: Source, tell: (share: number) => void): Promise<Source> {
  const total = await filesBelow(source, '')
  let read = 0
  return {
    ...source,
    async read(path, maxBytes) {
      const bytes = await source.read(path, maxBytes)
      if (bytes !== undefined) tell(++read / total)
      return bytes
    },
  }
}

async function filesBelow(source: Source, folder: string): Promise<number> {
  let files = 0
  for (const { name, isFile } of (await source.list?.(folder)) ?? []) {
    files += isFile ? 1 : await filesBelow(source, folder === '' ? name : `${folder}/${name}`)
  }
  return files
}

function readAddress(text: string): string {
  const read = addressSchema.safeParse(text)
  if (read.success) return read.data
  throw new InputError('ADDRESS', read.error.issues[0]!.message, { where: "the venue's address" })
}

function refuseRoot(): never {
  throw new InputError('USAGE', 'not a root', {
    where: 'the root',
    hint: 'Write it as it was published: in decimal, or 0x and 64 hexadecimal digits.',
  })
}

function factsOf({ opened }: Found): EpochFacts | undefined {
  const epoch = opened?.epoch
  if (epoch === undefined) return undefined
  const { manifest, manifestSha256, table, proofs } = epoch
  return {
    manifestSha256,
    accountsRoot: manifest.parts.solvency.accountsRoot,
    state: manifest.parts.ledger.state,
    proofs: proofs.length,
    marksOf: table.timestamp,
    scenarios: table.scenarios.map(({ name }) => name),
    reserves: opened!.report.reserves,
  }
}

/** What a venue shows of a valid epoch. Of another one, no commitment says anything. */
async function disclosed({ openings, against }: Asked, found: Found): Promise<Shown | undefined> {
  if (openings === undefined) return undefined
  const disclosure = parseDisclosure(await textOf(openings), openings.name)
  const { epoch, read } = found.opened ?? {}
  if (epoch === undefined || read === undefined) return unread('not compared: no valid epoch was verified')
  const { checks, disclosed, keyKind } = await verifyDisclosure(disclosure, read, {
    pins: found.pinned ?? {},
    production: 'epoch' in against && against.production,
  })
  // A disclosure of which one part is false shows nothing.
  if (!checks.every(({ valid }) => valid)) return { checks, rows: [] }
  const { totals, reserves, chosen } = disclosed
  const rows = epoch.table.instruments.map(({ symbol, decimals }, row) => {
    const text = (amount: bigint) => formatDecimal(amount, decimals)
    const total = totals?.[row] ?? chosen?.totals.get(row)
    const held = reserves?.[row] ?? chosen?.reserves.get(row)
    const ratio = chosen?.ratios.get(row)
    return {
      symbol,
      ...(total && { owed: text(total.long), lent: text(total.short) }),
      ...(held && { reserves: text(held.reserves), insurance: text(held.insurance) }),
      ...(ratio !== undefined && { ratio: formatDecimal(ratio, RATIO_DECIMALS) }),
      known: [
        ...((total && totals) || (held && reserves) ? (['recomputed'] as const) : []),
        ...((total && !totals) || (held && !reserves) || ratio !== undefined ? (['proven'] as const) : []),
      ],
    }
  })
  return {
    checks,
    rows: rows.filter(({ known }) => known.length > 0),
    ...(keyKind && { keyKind }),
    ...(chosen?.ratio !== undefined && { ratio: formatDecimal(chosen.ratio, RATIO_DECIMALS) }),
  }
}

/** Decimals of a ratio. */
const RATIO_DECIMALS = 6

function unread(detail: string): Shown {
  return { checks: [{ id: 'openings', valid: false, detail }], rows: [] }
}
