import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { zipSync } from 'fflate'
import { type EpochCheck, type KeyPins, zipSource } from '../../../src/bundle/index.js'
import { type Manifest, openEpoch, verifyEpoch } from '../../../src/epoch/index.js'
import { readJsonFile } from '../../../src/files/index.js'
import {
  ARCHIVE_PATHS,
  entryBytesOf,
  type InclusionArchive,
  inclusionSchema,
  nobody,
  openInclusion,
  ownerRecipient,
  packEntry,
  padEntry,
  readArchive,
  sealTo,
  verifyInclusion,
} from '../../../src/inclusion/index.js'
import { SEAL_BYTES } from '../../../src/inclusion/recipient.js'
import {
  folderSource,
  openSource,
  readInclusion,
  readInstrumentList,
  readMarginProof,
  readMarginRule,
  readPins,
  readPortfolio,
  readReserves,
  readRiskTable,
  readTierTable,
} from '../../../src/inputs/index.js'
import { checkLedger, readLedger } from '../../../src/ledger/index.js'
import { marginProofSchema, marginPurposeSchema, verifyMargin } from '../../../src/margin/index.js'
import {
  type MarginModelName,
  readHistory,
  readMarginParams,
  readStressRequest,
} from '../../../src/models/index.js'
import { loadArtifacts, openR1cs, readVerificationKey } from '../../../src/proving/index.js'
import { formatRiskTable, type RiskTable, tierRiskTable } from '../../../src/risk/index.js'
import { formatMarginRule } from '../../../src/rules/index.js'
import { policySchema, resolvePolicy, resolveWaterfall } from '../../../src/statements/index.js'
import { readAccount, readOwner } from '../../../src/trader/index.js'
import { privateSchema } from '../../../src/venue/private-record.js'
import { run } from '../../run.js'
import { TEST_CACHE } from '../bench/cache.js'
import { writeMarginAccount, writeMarginTable } from '../samples/margin-files.js'
import { ledgerArgs, ROWS, writeVenue } from '../samples/venue.js'
import { secretsIn, type Target } from './judge.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** The instances with which the tiny venue's epoch, its customers' files and a trader's proof are made. */
export const FUZZ_INSTANCES = ['ledger-tiny', 'ledger-tiny-wide', 'solvency-tiny', 'margin-tiny']
/** A parameter file of each portfolio model, in `examples/`. */
const PARAMETERS: Record<MarginModelName, string> = {
  cross: 'margin/cross.json',
  span16: 'margin/span16.json',
  matrix: 'venue/margin.json',
  lending: 'margin/lending.json',
  'derive-pmrm': 'margin/derive-pmrm.json',
  'derive-standard': 'margin/derive-standard.json',
}

/** How many mutants of a file to try. */
export function runsOf({ slow }: Target, times: number): number {
  return times * (slow ? 60 : 250)
}

/**
 * Makes one file of every format that Plimsoll reads, an epoch and a margin proof among them, in an empty
 * folder. The command line has to be built.
 */
export async function makeTargets(folder: string): Promise<Target[]> {
  const at = (name: string) => join(folder, name)
  const plimsoll = async (...args: string[]) => {
    const env = { PLIMSOLL_CACHE: TEST_CACHE }
    const { code, said } = await run(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], { env })
    if (code !== 0) throw new Error(`plimsoll ${args.join(' ')} ended with ${code}:\n${said}`)
  }
  const venue = writeVenue(folder)
  await plimsoll('owner', 'new', '--out', at('owner.json'))
  const owner = JSON.parse(readFileSync(at('owner.json'), 'utf8'))
  const held = ROWS.map((row) => [...row, row[0].startsWith('alice') ? owner.commitment : ''].join())
  writeFileSync(venue.accounts, `account_id,instrument,quantity,owner\n${held.join('\n')}\n`)
  await plimsoll('setup', ...FUZZ_INSTANCES, '--pins', at('pins.json'))
  await plimsoll(...ledgerArgs(venue, at('epoch')))
  await plimsoll('solvency', 'prove', '--epoch', at('epoch'), '--reserves', venue.reserves)
  await plimsoll(
    ...['inclusion', 'export', '--epoch', at('epoch'), '--account', 'alice@example.com'],
    ...['--accounts', venue.accounts, '--out', at('inclusion.json')],
  )
  mkdirSync(at('margin'))
  const risk = writeMarginTable(at('margin'))
  const { inclusion, accountsRoot } = writeMarginAccount(at('margin'), 'trader', owner, [
    ['USDC', 148_213_915_577n],
    ['BTC-PERP', -101_928_374n],
  ])
  const reader = { name: 'Example Desk', purpose: 'credit line 7' }
  writeFileSync(at('margin/for.json'), JSON.stringify({ schema: 'plimsoll/margin-purpose/1', reader }))
  await plimsoll(
    ...['margin', 'prove', '--account', inclusion, '--owner', at('owner.json'), '--risk', risk],
    ...['--requirement', 'maintenance', '--for', at('margin/for.json'), '--out', at('margin/proof.json')],
  )
  const pins = await readPins(at('pins.json'))
  const table = await readRiskTable(venue.risk)
  const marginTable = await readRiskTable(risk)
  const rule = marginTable.margin!

  const epochFile = (name: string): Target => ({
    ...target(`epoch/${name}`, at(`epoch/${name}`)),
    slow: true,
    read: () => judgeEpoch(at('epoch'), pins),
  })
  const paths = readdirSync(at('epoch'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.json'),
  )
  const manifest: Manifest = JSON.parse(readFileSync(at('epoch/manifest.json'), 'utf8'))
  const archive = at('epoch.zip')
  writeFileSync(
    archive,
    zipSync(Object.fromEntries(paths.map((path) => [path, readFileSync(at(`epoch/${path}`))]))),
  )
  const reading = (name: string, path: string, read: (path: string) => Promise<unknown>): Target => ({
    ...target(name, path),
    read: async (file) => {
      await read(file)
      return undefined
    },
  })
  const known = new Set(
    [venue.risk, risk, at('epoch/manifest.json'), at('margin/proof.json')]
      .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/"([^"]+)"/g)])
      .map(([, text]) => text!),
  )
  const secret = (of: Target): Target => ({
    ...of,
    secrets: (mutant) => [...secretsIn(of.original, known), ...secretsIn(mutant, known)],
  })
  const text = (of: Target, secrets: readonly string[] = []): Target => ({
    ...of,
    json: false,
    ...(secrets.length > 0 ? { secrets: () => [...secrets] } : {}),
  })
  const example = (name: string) => {
    const path = at(`copy-${basename(name)}`)
    copyFileSync(join(ROOT, 'examples', name), path)
    return path
  }

  writeFileSync(
    at('history.csv'),
    `date,close,volume\n${Array.from({ length: 9 }, (_, day) => `2026-01-0${day + 1},${97_000 + day * 11.5},1000`).join('\n')}\n`,
  )
  const exchangeTable = tierRiskTable(await readTierTable(join(ROOT, 'examples/exchange/tiers.csv')), {
    timestamp: 1_767_225_600,
  })
  const pricedTable = await readInstruments(join(ROOT, 'examples/exchange/instruments.csv'))
  const { directory, keyHash } = (await loadArtifacts('ledger-tiny', { cacheDir: TEST_CACHE }))!
  const artifacts = at(`artifacts/${basename(directory)}`)
  cpSync(directory, artifacts, { recursive: true })
  const artifactFiles = [
    { name: 'constraints', path: at('circuit.r1cs'), read: async (path: string) => openR1cs(path) },
    { name: 'proving key', path: at('proving.zkey'), read: readVerificationKey },
  ]
  for (const { path } of artifactFiles) copyFileSync(join(directory, basename(path)), path)
  writeFileSync(at('policy.json'), readFileSync(at('epoch/policy.json')))
  writeFileSync(at('rule.json'), formatMarginRule(rule))
  writeFileSync(
    at('portfolio.json'),
    JSON.stringify({
      schema: 'plimsoll/portfolio/1',
      cash: '48213.915577',
      positions: { 'BTC-PERP': '-1.01928374', BTC: '0.5173519' },
    }),
  )
  const cells = [...new Set(ROWS.flatMap(([id, , quantity]) => [id, quantity]))].filter((c) => c.length > 7)

  return [
    {
      ...epochFile('manifest.json'),
      // A part that this version does not know is noted as not verified, with a key of its own.
      same: async (bytes) => sameManifest(JSON.parse(bytes.toString()), manifest),
    },
    epochFile('solvency.json'),
    // Each has one text, and no other is accepted that says the same.
    ...['policy.json', 'risk.json'].map((name) => ({ ...epochFile(name), same: () => false })),
    ...['ledger/0000/0000000.json', 'keys/ledger-tiny.json', 'keys/solvency-tiny.json'].map(epochFile),
    {
      ...target('pins', at('pins.json')),
      slow: true,
      read: async (path) => judgeEpoch(at('epoch'), await readPins(path)),
      // Pins of keys that the epoch does not use, and the kind that their writer vouches for, do not change
      // what is proven.
      same: async (bytes) => samePins(JSON.parse(bytes.toString()).keys, pins),
    },
    {
      ...target('archive of an epoch', archive),
      json: false,
      slow: true,
      read: async (path) => {
        const report = await verifyEpoch(await openSource(path), { pins })
        return { accepted: report.valid, said: saidBy(report.checks) }
      },
      // Times and comments of an archive are no part of what it holds.
      same: async (bytes) => {
        const source = zipSource(bytes, 'archive')
        const read = await Promise.all(paths.map((path) => source.read(path, Number.MAX_SAFE_INTEGER)))
        return paths.every(
          (path, i) => read[i] && Buffer.compare(read[i], readFileSync(at(`epoch/${path}`))) === 0,
        )
      },
    },
    secret({
      ...target('inclusion', at('inclusion.json')),
      slow: true,
      read: async (path) => {
        const file = await readInclusion(path)
        const report = verifyInclusion(file, await openEpoch(folderSource(at('epoch')), { pins }))
        return { accepted: report.verdict === 'included', said: saidBy(report.checks) }
      },
    }),
    ...(await sealedTargets(at('sealed'), at('inclusion.json'), at('owner.json'))).map((sealed) => ({
      ...sealed,
      secrets: () => secretsIn(readFileSync(at('inclusion.json')), known),
    })),
    {
      ...target('margin proof', at('margin/proof.json')),
      slow: true,
      read: async (path) => {
        const report = await verifyMargin(await readMarginProof(path), {
          pins,
          accountsRoot,
          table: marginTable,
        })
        return { accepted: report.valid, said: saidBy(report.checks) }
      },
    },
    {
      ...target('risk table of a margin proof', risk),
      slow: true,
      read: async (path) => {
        const changed = await readRiskTable(path)
        const proof = await readMarginProof(at('margin/proof.json'))
        const report = await verifyMargin(proof, { pins, accountsRoot, table: changed })
        return { accepted: report.valid, said: saidBy(report.checks) }
      },
      // The reader's own table, in any of its texts.
      same: async () => formatRiskTable(await readRiskTable(risk)) === formatRiskTable(marginTable),
    },
    secret(reading('owner', at('owner.json'), readOwner)),
    secret(reading('account of a trader', inclusion, (path) => readAccount(path, rule))),
    secret(reading('portfolio', at('portfolio.json'), (path) => readPortfolio(path, rule))),
    secret(reading('inclusion, read', at('inclusion.json'), (path) => readJsonFile(path, inclusionSchema))),
    secret(reading('reserves', venue.reserves, (path) => readReserves(path, table))),
    reading('margin proof, read', at('margin/proof.json'), (path) => readJsonFile(path, marginProofSchema)),
    reading('purpose', at('margin/for.json'), (path) => readJsonFile(path, marginPurposeSchema)),
    reading('policy', at('policy.json'), async (path) => {
      const policy = await readJsonFile(path, policySchema)
      resolvePolicy(policy, table)
      resolveWaterfall(policy, table)
    }),
    reading('margin rule', at('rule.json'), async (path) => {
      const changed = await readMarginRule(path)
      await roundTrip(at('again.json'), formatMarginRule(changed), async (again) =>
        formatMarginRule(await readMarginRule(again)),
      )
    }),
    reading('risk table', venue.risk, async (path) => {
      const changed = await readRiskTable(path)
      await roundTrip(at('again.json'), formatRiskTable(changed), async (again) =>
        formatRiskTable(await readRiskTable(again)),
      )
    }),
    reading('stress request', example('venue/stress.json'), readStressRequest),
    ...Object.entries(PARAMETERS).map(([model, name]) =>
      reading(`parameters of ${model}`, example(name), (path) =>
        readMarginParams(model as MarginModelName, path),
      ),
    ),
    text(
      reading('instruments', example('exchange/instruments.csv'), async (path) => {
        const text = formatRiskTable(await readInstruments(path))
        await roundTrip(at('again.json'), text, async (again) => formatRiskTable(await readRiskTable(again)))
      }),
    ),
    text(reading('tiers', example('exchange/tiers.csv'), (path) => readTierTable(path))),
    text(
      reading('history', at('history.csv'), (path) =>
        readHistory([{ path, asset: 'BTC' }], { maxGapDays: 1 }),
      ),
    ),
    secret(
      reading('record of a private folder', at('epoch.private/epoch.json'), (path) =>
        readJsonFile(path, privateSchema),
      ),
    ),
    ...artifactFiles.map(({ name, path, read }) => ({ ...text(reading(name, path, read)), slow: true })),
    {
      ...target('manifest of artifacts', join(artifacts, 'key.json')),
      slow: true,
      read: async () => {
        const loaded = await loadArtifacts('ledger-tiny', { cacheDir: at('artifacts') })
        return { accepted: loaded !== undefined, said: [] }
      },
      same: async () =>
        (await loadArtifacts('ledger-tiny', { cacheDir: at('artifacts') }))?.keyHash === keyHash,
    },
    text(
      reading('accounts', venue.accounts, async (path) => {
        const ledger = await readLedger(path, table)
        await ledger.close()
      }),
      cells,
    ),
    text(reading('accounts, checked', venue.accounts, (path) => checkLedger(path, table))),
    text(
      reading('accounts, wide', example('exchange/accounts.csv'), async (path) => {
        const ledger = await readLedger(path, exchangeTable)
        await ledger.close()
      }),
    ),
    {
      ...text(
        reading('accounts, priced', example('exchange/accounts-priced.csv'), async (path) => {
          const ledger = await readLedger(path, pricedTable)
          await ledger.close()
        }),
      ),
      slow: true,
    },
  ]
}

/**
 * An archive with one customer's sealed file beside a padding entry: its head, its bucket, and what a hostile
 * venue may seal to the customer.
 */
async function sealedTargets(folder: string, inclusion: string, owner: string): Promise<Target[]> {
  const file = await readInclusion(inclusion)
  const recipient = await ownerRecipient(await readOwner(owner))
  const packed = packEntry(JSON.stringify(file))
  const { venue, epoch, state, accountsRoot } = file
  const archive: InclusionArchive = {
    schema: 'plimsoll/inclusion-archive/1',
    ...{ venue, epoch, state, accountsRoot },
    ...{ id: '7'.repeat(64), buckets: 1, entries: 2, entryBytes: entryBytesOf(packed.length), covered: 14 },
  }
  const at = (path: string) => join(folder, path)
  const [head, bucket, entry] = [ARCHIVE_PATHS.head, ARCHIVE_PATHS.bucket(0), 'entry.bin'].map(at) as [
    string,
    string,
    string,
  ]
  const put = async (own: Uint8Array) => {
    const all = [[recipient.publicKey, own] as const, [await nobody(), new Uint8Array()] as const]
    const sealed = all.map(([key, text]) => sealTo(key, archive.id, padEntry(text, archive.entryBytes)))
    writeFileSync(bucket, Buffer.concat(await Promise.all(sealed)))
  }
  mkdirSync(dirname(bucket), { recursive: true })
  writeFileSync(head, JSON.stringify(archive))
  writeFileSync(entry, packed)
  await put(packed)
  const open = async () => {
    const source = folderSource(folder)
    return openInclusion(source, await readArchive(source), recipient)
  }
  const read = async () => {
    if (!isDeepStrictEqual(await open(), file)) throw new Error('another file was opened')
    return { accepted: true, said: [] }
  }
  return [
    {
      ...target('head of sealed files', head),
      read,
      // How many are covered is the venue's word, and of other buckets the same one may be the customer's.
      same: (bytes) =>
        isDeepStrictEqual({ ...JSON.parse(bytes.toString()), covered: 14, buckets: 1 }, archive),
    },
    // Whatever stands in the other entries, the one that opens is the file.
    { ...target('bucket of sealed files', bucket), json: false, read, same: () => true },
    {
      ...target('sealed file', entry),
      json: false,
      read: async (path) => {
        await put(new Uint8Array(readFileSync(path)).subarray(0, archive.entryBytes - SEAL_BYTES))
        await open().finally(() => put(packed))
        return undefined
      },
    },
  ]
}

function target(name: string, path: string): Pick<Target, 'name' | 'path' | 'original' | 'json'> {
  return { name, path, original: readFileSync(path), json: true }
}

async function judgeEpoch(folder: string, pins: KeyPins): Promise<{ accepted: boolean; said: string[] }> {
  const report = await verifyEpoch(folderSource(folder), { pins })
  return { accepted: report.valid, said: saidBy(report.checks) }
}

function saidBy(checks: readonly EpochCheck[]): string[] {
  return checks.flatMap(({ detail, todo = '' }) => [detail, todo])
}

/** Whether two manifests say the same of what this version verifies. */
function sameManifest(changed: Manifest, manifest: Manifest): boolean {
  const only = <T extends object>(from: T, like: object) =>
    Object.fromEntries(Object.entries(from).filter(([name]) => Object.hasOwn(like, name)))
  const { keys, parts } = changed
  const known = { keys: only(keys, manifest.keys), parts: only(parts, manifest.parts) }
  return isDeepStrictEqual({ ...changed, ...known }, manifest)
}

function samePins(changed: KeyPins, pins: KeyPins): boolean {
  return Object.entries(pins)
    .filter(([name]) => !name.startsWith('margin'))
    .every(([name, { keyHash }]) => changed[name]?.keyHash === keyHash)
}

async function readInstruments(path: string): Promise<RiskTable> {
  const { table } = await readInstrumentList(path, { timestamp: 1_767_225_600, quote: 'USDT' })
  return table
}

/** A value that was read can be written and read again, unchanged. */
async function roundTrip(
  path: string,
  text: string,
  again: (path: string) => Promise<string>,
): Promise<void> {
  writeFileSync(path, text)
  if ((await again(path)) !== text) throw new Error('what was written is not what was read')
}
