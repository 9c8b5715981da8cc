import { roundTime } from '../beacon/index.js'
import { Checks, type EpochCheck, type ExitCode, fail, passed } from '../errors/index.js'
import { parseJsonAs } from '../schema/index.js'
import { type Addresses, parseAddresses } from './addresses.js'
import type { AnsweredEvidence, AskedAgain } from './again.js'
import { knownSymbol } from './asset-names.js'
import { type BlockTrust, type EvidenceBlock, readChains, voucherOfOther } from './blocks.js'
import { coinDecimals, parseAsset, parseChain } from './caip.js'
import {
  type Challenge,
  DEFAULT_TOLERANCE,
  drandRoundSchema,
  parseChallenge,
  type ReadChallenge,
} from './challenge.js'
import type { EvidenceClass } from './evidence.js'
import { type TokenList, tokenList } from './evm/index.js'
import type { Exclusions } from './exclusions.js'
import { type EvidenceFolder, RESERVES_PATHS } from './folder.js'
import { HashedFolder } from './hashed-folder.js'
import { type Holdings, readHoldings, type Uncounted } from './holdings.js'
import { reservesMessage } from './message.js'
import { momentsOf } from './moments.js'
import { neededText, placeIn, textIn } from './read.js'
import { type Instruments, type Summary, summaryOf, summarySchema } from './summary.js'
import type { ShownAmounts, Totals } from './totals.js'

/** What evidence is compared with, all of it from elsewhere than the evidence. */
export interface CheckReservesOptions extends BlockTrust {
  /** The epoch that the reserves stand behind; without it, the challenge is compared with nothing. */
  epoch?: {
    venue: string
    epoch: string
    /** Root of the ledger's accounts, decimal; missing before solvency is proven. */
    accountsRoot?: string
    /** Seconds since 1970-01-01 UTC that the risk table is of. */
    timestamp: number
  }
  /** SHA-256 of the challenge as it was published before a round picked its moments. */
  challenge?: string
  /** The epoch's risk table, to compare the summary with. */
  table?: Instruments
  /** `tokens.json` of the reader: what it says of a token is taken, and the folder must say the same. */
  tokens?: { text: string; where: string }
  /** By which symbol the reader knows an asset; the project knows some. */
  names?: ReadonlyMap<string, string>
  /** Accounts and assets that never count. */
  exclude?: Exclusions
  /** Evidence of other venues, to look for accounts that are shown twice. */
  against?: readonly EvidenceFolder[]
  /**
   * The least share of each instrument that has to be proven, in parts of what all classes show, as a decimal
   * from 0 to 1.
   */
  provenShare?: { numerator: bigint; denominator: bigint }
  /** Asks nodes of the reader's own what evidence says that nodes have answered, where all else holds. */
  again?: (evidence: AnsweredEvidence) => Promise<AskedAgain>
  /** Gets each check as it ends. */
  onCheck?: (check: EpochCheck) => void
  /** Gets the number of lines that were read. */
  onProgress?: (lines: number) => void
}

/**
 * `shown`: what is shown follows from the evidence and from what the reader knows; `on the venue's word`: it
 * holds together, and something that it rests on is the venue's word; `refused`: it does not hold.
 */
export type ReservesVerdict = 'shown' | "on the venue's word" | 'refused'

/** An account that two venues show. */
export interface SharedAccount {
  /** Name of the other evidence. */
  other: string
  account: string
}

/** What evidence of reserves shows, and what was checked of it. */
export interface ReservesReport {
  verdict: ReservesVerdict
  valid: boolean
  exitCode: ExitCode
  checks: EpochCheck[]
  venue?: string
  epoch?: string
  /** Hash of the challenge. */
  challenge?: string
  blocks: EvidenceBlock[]
  /** SHA-256 over the names and hashes of all files that were read, the summary excepted. */
  evidenceHash?: string
  /** What is shown, by instrument, purpose and class; classes are never added. */
  shown: ShownAmounts[]
  /** Accounts on the list, and those of which something counts. */
  accounts: { listed: number; counted: number }
  uncounted: { count: number; named: Uncounted[] }
  shared: SharedAccount[]
  /** Of Bitcoin's outputs, in satoshis: all, and those that had lain there for thirty days and more. */
  outputs: { all: string; old: string }
  /** What nodes of the reader's own said when they were asked again. */
  asked?: { notes: readonly string[]; unspent: AskedAgain['unspent'] }
  /** What the result rests on, and only the venue says. */
  words: string[]
  notes: string[]
}

/** A report, and the sums that it was made from: for whoever computes with them. */
export interface CheckedReserves {
  report: ReservesReport
  /** The challenge with its hash, where it could be read. */
  read?: ReadChallenge
  /** Missing where the evidence does not hold. */
  totals?: Totals
  /** Missing where the folder has none, or it does not follow from the evidence and the table. */
  summary?: Summary
}

/** Seconds from the round that a challenge names to its moment, from which on its signatures may be old. */
const LONG_BEFORE = 31 * 86_400
/** Accounts of two venues that a report names. */
const MAX_SHARED = 1000

/**
 * Checks evidence of reserves without a network: that it answers the challenge of the epoch, that the key of
 * each account signed the account's own text, and that what each holds follows from its block. Which blocks
 * are on their chains, no evidence shows: `blocks` or `ask` says it, or it is the venue's word.
 *
 * @example
 * const { report } = await checkReserves(evidenceFolder('epoch/reserves'), {
 *   blocks: new Map([['eip155:1', ['0x…']]]),
 * })
 * console.log(report.verdict, report.shown)
 *
 * @throws {InputError} for a list of the reader's own that cannot be read
 */
export async function checkReserves(
  source: EvidenceFolder,
  options: CheckReservesOptions = {},
): Promise<CheckedReserves> {
  const folder = new HashedFolder(source)
  const checks = new Checks(options.onCheck)
  const words: string[] = []
  const notes: string[] = []
  const own = options.tokens && tokenList(options.tokens.text, options.tokens.where)

  const read = await checks.run('challenge', () => challengeCheck(folder, options, words))
  const addresses = await checks.run('addresses', () => addressesCheck(folder, read))
  const moments = read && (await checks.run('moment', () => momentCheck(folder, read)))
  const trees =
    read && moments && (await checks.run('blocks', () => blocksCheck(folder, read, moments, options, words)))
  const tokens = await checks.run('tokens', () => tokensCheck(folder, own, options, words))
  const isWhole = read && addresses && moments && trees && tokens
  const holdings = isWhole
    ? await checks.run('evidence', () =>
        evidenceCheck(
          folder,
          {
            ...read,
            addresses,
            moments,
            chains: trees.chains,
            tokens,
            excluded: {
              accounts: new Set(options.exclude?.accounts),
              assets: new Set(options.exclude?.assets),
            },
            onProgress: options.onProgress,
          },
          options,
          words,
        ),
      )
    : undefined
  if (read && trees && holdings) {
    await checks.run('files', () => filesCheck(folder, read, trees))
    if (options.provenShare) await checks.run('proven', () => provenCheck(holdings, options.provenShare!))
  }
  const again =
    read && addresses && trees && tokens && holdings && checks.valid
      ? await askedAgain(source, { read, addresses, blocks: trees.blocks, tokens }, options, checks)
      : undefined
  const evidenceHash = holdings && folder.hash()
  const summary =
    read && holdings && evidenceHash
      ? await summaryCheck(
          source,
          { read, totals: holdings.totals, evidenceHash, table: options.table },
          checks,
          notes,
        )
      : undefined
  const shared = addresses ? await sharedAccounts(addresses, checks, options.against ?? []) : []
  if (holdings) words.push(...toldOf(holdings.totals))
  if (addresses && tokens) words.push(...unitsOf(addresses, tokens))
  if (addresses) words.push(...namesOf(addresses, options.names ?? new Map()))
  if (options.epoch === undefined) words.push('which epoch the evidence is of: it was compared with none')

  const { valid, exitCode, list } = checks
  const isShown = valid && holdings !== undefined
  const told = words.filter(
    (word) => ![...(again?.layouts ?? [])].some((asset) => word === layoutWord(asset)),
  )
  const report: ReservesReport = {
    verdict: !isShown ? 'refused' : told.length > 0 ? "on the venue's word" : 'shown',
    valid: isShown,
    exitCode,
    checks: list,
    ...(read && { venue: read.challenge.venue, epoch: read.challenge.epoch, challenge: read.hash }),
    blocks: trees?.blocks ?? [],
    ...(isShown && { evidenceHash: evidenceHash! }),
    shown: isShown ? holdings.totals.rows() : [],
    accounts: { listed: addresses?.accounts.length ?? 0, counted: holdings?.accounts ?? 0 },
    uncounted: holdings?.uncounted ?? { count: 0, named: [] },
    shared,
    outputs: { all: `${holdings?.outputs.all ?? 0n}`, old: `${holdings?.outputs.old ?? 0n}` },
    ...(again && { asked: { notes: again.notes, unspent: again.unspent } }),
    words: told,
    notes: [...notes, ...(holdings?.notes ?? [])],
  }
  return {
    report,
    ...(read && { read }),
    ...(isShown && { totals: holdings.totals, ...(summary && { summary }) }),
  }
}

async function challengeCheck(
  folder: EvidenceFolder,
  { epoch, challenge: named }: CheckReservesOptions,
  words: string[],
) {
  const text = await neededText(folder, RESERVES_PATHS.challenge)
  const read = parseChallenge(text, placeIn(folder, RESERVES_PATHS.challenge))
  const { challenge } = read
  if (named !== undefined && named !== read.hash) fail('the challenge is another than the one that you named')
  if (epoch !== undefined) {
    if (challenge.venue !== epoch.venue) fail('the challenge is of another venue')
    if (challenge.epoch !== epoch.epoch) fail('the challenge is of another epoch')
    const { accountsRoot, moment } = challenge
    if (epoch.accountsRoot === undefined) {
      words.push("that the challenge is for the epoch's ledger: solvency is not proven yet")
    } else if (accountsRoot !== undefined && accountsRoot !== epoch.accountsRoot) {
      fail("the challenge is for a ledger with other accounts than the epoch's")
    }
    if (moment.kind === 'fixed' && moment.timestamp !== epoch.timestamp) {
      fail("the moment of the challenge is not that of the epoch's risk table")
    }
    if (moment.kind === 'random' && (epoch.timestamp < moment.from || epoch.timestamp > moment.to)) {
      fail("the moment of the epoch's risk table is not in the period that moments are picked from")
    }
  }
  words.push(...ageOf(challenge, named !== undefined))
  const about = `of ${challenge.venue}, epoch ${challenge.epoch}`
  return { found: read, detail: `${about}, SHA-256 ${read.hash}` }
}

/** What a challenge leaves open of the time when it was made. */
function ageOf({ accountsRoot, drand, moment }: Challenge, isNamed: boolean): string[] {
  const first = moment.kind === 'fixed' ? moment.timestamp : moment.from
  const made = drand && roundTime(drand.round)
  const words: string[] = []
  if (accountsRoot === undefined && made === undefined) {
    words.push('when the addresses signed: nothing in the challenge was unknown before its day')
  } else if (accountsRoot === undefined && first - made! > LONG_BEFORE) {
    const day = new Date(made! * 1000).toISOString().slice(0, 10)
    words.push(`when the addresses signed: no earlier than ${day}, which is long before the moment`)
  }
  if (moment.kind === 'random' && !isNamed) {
    // A period, a count or a list is made to fit a round that is known.
    words.push(
      `that the challenge is older than round ${moment.round}, which picks its moments: name its hash from before`,
    )
  }
  return words
}

async function addressesCheck(folder: EvidenceFolder, read: ReadChallenge | undefined) {
  const text = await neededText(folder, RESERVES_PATHS.addresses)
  const { addresses, root } = parseAddresses(text, placeIn(folder, RESERVES_PATHS.addresses))
  const fixed = read?.challenge.addressesRoot
  if (fixed !== undefined && fixed !== root) fail('the list is not the one that the challenge fixes')
  const { length } = addresses.accounts
  return { found: addresses, detail: `${length} ${length === 1 ? 'account' : 'accounts'}, root ${root}` }
}

async function momentCheck(folder: EvidenceFolder, { challenge }: ReadChallenge) {
  const { drand, moment } = challenge
  if (drand !== undefined) {
    const { roundRandomness } = await import('../beacon/index.js')
    await roundRandomness(drand.round, drand.signature)
  }
  const text = moment.kind === 'random' ? await textIn(folder, RESERVES_PATHS.drand) : undefined
  const round = text && parseJsonAs(text, drandRoundSchema, placeIn(folder, RESERVES_PATHS.drand))
  const moments = await momentsOf(challenge, round || undefined)
  const times = moments.map((time) => new Date(time * 1000).toISOString().replace('.000', '')).join(', ')
  return {
    found: moments,
    detail: moment.kind === 'fixed' ? times : `${times}, picked by round ${moment.round}`,
  }
}

async function blocksCheck(
  folder: EvidenceFolder,
  { challenge }: ReadChallenge,
  moments: readonly number[],
  trust: BlockTrust,
  words: string[],
) {
  const found = await readChains(folder, challenge, moments, trust)
  for (const { chain, hash, moment, time, vouchedBy } of found.blocks) {
    const apart = time - moments[moment]!
    if (apart > DEFAULT_TOLERANCE[parseChain(chain, '').namespace]) {
      words.push(`that a block of ${chain} which is ${apart} seconds from the moment says enough of it`)
    }
    if (vouchedBy === 'venue') words.push(`that block ${hash} is on ${chain}: pin its hash, or ask two nodes`)
  }
  const { length } = found.blocks
  return { found, detail: `${length} ${length === 1 ? 'block' : 'blocks'} on ${found.chains.size} chains` }
}

async function tokensCheck(
  folder: EvidenceFolder,
  own: TokenList | undefined,
  { tokens: given }: CheckReservesOptions,
  words: string[],
) {
  const path = RESERVES_PATHS.tokens
  const text = await textIn(folder, path)
  const list = tokenList(text, placeIn(folder, path))
  const assertSame = (asset: string) => {
    if (JSON.stringify(own!.tokens.get(asset)) === JSON.stringify(list.tokens.get(asset))) return
    fail(`tokens.json says otherwise of ${asset} than ${given!.where}`)
  }
  for (const asset of list.overridden) {
    if (own?.overridden.includes(asset)) assertSame(asset)
    else
      fail(`tokens.json says otherwise of ${asset} than the project knows`, {
        todo: 'If the token has changed, give a list of your own that says so.',
      })
  }
  for (const asset of list.unpinned) {
    const known = own?.tokens.get(asset)
    if (known === undefined) words.push(layoutWord(asset))
    else assertSame(asset)
  }
  const count = list.unpinned.length + list.overridden.length
  // What the reader says of a token is taken, whether or not the folder says it too.
  const tokens = new Map(list.tokens)
  for (const asset of [...(own?.unpinned ?? []), ...(own?.overridden ?? [])]) {
    tokens.set(asset, own!.tokens.get(asset)!)
  }
  return {
    found: { ...list, tokens },
    detail: count === 0 ? 'no other tokens than those known' : `${count} of the venue's own`,
  }
}

async function evidenceCheck(
  folder: EvidenceFolder,
  context: Parameters<typeof readHoldings>[1],
  trust: BlockTrust,
  words: string[],
) {
  const found = await readHoldings(folder, context)
  for (const { chain, matters, ...block } of found.movements.values()) {
    const isToldOnly = (await voucherOfOther(chain, block, trust)) === 'venue'
    if (isToldOnly && matters) {
      words.push(`that block ${block.hash}, in which an account moved coins, is on ${chain.id}: pin it too`)
    }
  }
  for (const evidence of context.chains.values()) {
    if (evidence.kind === 'evm' && evidence.nodes.unused > 0) {
      fail(`${evidence.nodes.unused} nodes of ${evidence.chain.id} show nothing`, {
        todo: 'Collect the evidence again: only what is needed may lie there.',
      })
    }
  }
  const { lines, accounts, uncounted } = found
  const rest = uncounted.count === 0 ? '' : `; ${uncounted.count} count as nothing`
  return { found, detail: `${lines} holdings, something counts of ${accounts} accounts${rest}` }
}

async function filesCheck(
  folder: EvidenceFolder,
  { challenge }: ReadChallenge,
  { chains }: Awaited<ReturnType<typeof readChains>>,
) {
  const { headers, nodes, challenge: first, addresses, evidence, tokens, summary, drand } = RESERVES_PATHS
  const known = new Set<string>([first, addresses, evidence, tokens, summary])
  if (challenge.moment.kind === 'random') known.add(drand)
  for (const each of chains.values()) {
    if (each.kind !== 'told') known.add(headers(each.chain))
    if (each.kind === 'evm') known.add(nodes(each.chain))
  }
  const other = (await folder.list()).find((path) => !known.has(path))
  if (other !== undefined)
    fail(`${other} is no part of evidence`, { todo: 'Remove it, and look where it came from.' })
  return passed('every file is read, and none lies there besides')
}

/** What is the venue's word of a token that nobody else knows. */
const layoutWord = (asset: string) => `the layout, the decimals and the code of ${asset}`

/** What nodes of the reader's own say, if there are some. */
async function askedAgain(
  folder: EvidenceFolder,
  evidence: { read: ReadChallenge; addresses: Addresses } & Pick<AnsweredEvidence, 'blocks' | 'tokens'>,
  { again }: CheckReservesOptions,
  checks: Checks,
): Promise<AskedAgain | undefined> {
  if (again === undefined) return undefined
  const { read, addresses, blocks, tokens } = evidence
  const { venue, epoch } = read.challenge
  const uses = new Map(addresses.accounts.map(({ account, holdsFor }) => [account, holdsFor]))
  const textOf = (account: string) =>
    reservesMessage({ venue, epoch, account, holdsFor: uses.get(account)!, challenge: read.hash })
  return checks.run('nodes', async () => {
    const found = await again({ folder, blocks, tokens, textOf })
    const [first] = found.faults
    if (first !== undefined) fail(first, { todo: 'Ask a third node, and the venue.' })
    return { found, detail: found.notes.join('; ') || 'there was nothing to ask again' }
  })
}

/** The summary of the folder, when there is one and it is the one that the evidence gives. */
async function summaryCheck(
  folder: EvidenceFolder,
  evidence: { read: ReadChallenge; totals: Totals; evidenceHash: string; table: Instruments | undefined },
  checks: Checks,
  notes: string[],
): Promise<Summary | undefined> {
  const path = RESERVES_PATHS.summary
  if (!(await folder.list()).includes(path)) return undefined
  const { table, ...rest } = evidence
  if (table === undefined) notes.push('the summary was not compared: there is no risk table')
  return checks.run('summary', async () => {
    const found = parseJsonAs(await neededText(folder, path), summarySchema, placeIn(folder, path))
    if (table === undefined)
      return { found, detail: 'not compared: its amounts are in units of a risk table' }
    const made = summaryOf(rest, table, found.classes)
    for (const field of ['venue', 'epoch', 'challenge', 'riskTable', 'evidenceHash', 'shown'] as const) {
      if (JSON.stringify(found[field]) !== JSON.stringify(made[field])) {
        fail(`its ${field} is not what the evidence gives`, { todo: 'Run `plimsoll reserves commit` again.' })
      }
    }
    return { found, detail: `what the evidence shows as ${found.classes.join(' and ')}` }
  })
}

/**
 * Whether enough of each instrument is proven: a comparison of classes, which adds them for no one to see.
 */
function provenCheck(
  { totals }: Holdings,
  { numerator, denominator }: { numerator: bigint; denominator: bigint },
) {
  for (const { instrument, holdsFor } of totals.rows()) {
    const of = (each: EvidenceClass) => totals.least({ instrument, holdsFor, class: each })
    const all = of('proven') + of('observed') + of('attested')
    if (of('proven') * denominator < all * numerator) {
      fail(`less of ${instrument} is proven than asked for`)
    }
  }
  return passed('of each instrument at least the share that was asked for')
}

async function sharedAccounts(
  { accounts }: Addresses,
  checks: Checks,
  others: readonly EvidenceFolder[],
): Promise<SharedAccount[]> {
  const own = new Map(accounts.map((entry) => [entry.account, entry]))
  const shared: SharedAccount[] = []
  for (const [i, other] of others.entries()) {
    await checks.run(`against ${i + 1}`, async () => {
      const text = await neededText(other, RESERVES_PATHS.addresses)
      const { addresses } = parseAddresses(text, placeIn(other, RESERVES_PATHS.addresses))
      const both = addresses.accounts.filter(({ account }) => own.has(account))
      for (const entry of both.slice(0, MAX_SHARED)) {
        const isPrivate = entry.private || own.get(entry.account)!.private
        shared.push({ other: other.name, account: isPrivate ? 'a private account' : entry.account })
      }
      if (both.length > 0)
        fail(`${both.length} accounts are shown there too`, { todo: 'Ask both venues whose they are.' })
      return passed('no account is shown there too')
    })
  }
  return shared
}

/** What evidence tells, and shows nobody: that a node was asked, and that somebody signed. */
function toldOf(totals: Totals): string[] {
  const rows = totals.rows()
  return [
    ...(rows.some(({ observed }) => observed !== '0') ? ['that a node answered what is observed'] : []),
    ...(rows.some(({ attested }) => attested !== '0') ? ['that somebody signed what is attested'] : []),
  ]
}

/** Assets on chains whose decimals the list of addresses alone says. */
function unitsOf({ accounts }: Addresses, { tokens }: TokenList): string[] {
  const told = accounts.flatMap(({ assets }) =>
    assets.flatMap(({ asset, decimals }) => (decimals === undefined ? [] : [asset])),
  )
  return [...new Set(told)].flatMap((asset) => {
    const parsed = parseAsset(asset, '')
    // Of what lies on no chain, whoever attests it says the unit too.
    const isKnown = tokens.has(asset) || coinDecimals(parsed) !== undefined
    return isKnown || parsed.chain.namespace === 'attested' ? [] : [`the decimals of ${asset}`]
  })
}

/** Assets that count for an instrument whose name the project does not know them by. */
function namesOf({ accounts }: Addresses, names: ReadonlyMap<string, string>): string[] {
  const instruments = new Map(
    accounts.flatMap(({ assets }) => assets.map(({ asset, instrument }) => [asset, instrument] as const)),
  )
  return [...instruments].flatMap(([asset, instrument]) => {
    const known = names.get(asset) ?? knownSymbol(parseAsset(asset, ''))
    if (known?.toUpperCase() === instrument.toUpperCase()) return []
    return [`that ${asset}${known === undefined ? '' : ` (${known})`} is ${instrument}`]
  })
}

/**
 * The summary of evidence that was checked and holds.
 *
 * @throws {RangeError} for evidence that does not hold
 */
export function summaryFrom(
  { report, read, totals }: CheckedReserves,
  table: Instruments,
  classes: readonly EvidenceClass[],
): Summary {
  const { evidenceHash } = report
  if (read === undefined || totals === undefined || evidenceHash === undefined) {
    throw new RangeError('evidence that does not hold has no summary')
  }
  return summaryOf({ read, totals, evidenceHash }, table, classes)
}
