import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import {
  fileError,
  inFolders,
  readJsonFile,
  readTextFile,
  withFileLock,
  writeFileAtomic,
  writeJson,
  writePrivateLines,
} from '../files/index.js'
import {
  type AddressEntry,
  type Addresses,
  type Checkpoint,
  type Control,
  checkReserves,
  drandRoundSchema,
  type EvmToken,
  eip1271Call,
  momentsOf,
  parseAccount,
  parseAddresses,
  parseAsset,
  parseChain,
  parseChallenge,
  RESERVES_PATHS,
  type ReadChallenge,
  type ReservesReport,
  TrieNodes,
  tokenList,
  tokensSchema,
  verifyControl,
} from '../reserves/index.js'
import { parseJsonAs } from '../schema/index.js'
import { bitcoinCollector, type Outpoint } from './bitcoin.js'
import type { ChainCollector, CollectedAccount, CollectTask } from './collector.js'
import { type EvmCollector, evmCollector } from './evm.js'
import { evidenceFolder } from './folder.js'
import { Journal } from './journal.js'
import type { JsonRpc } from './json-rpc.js'
import { textOf } from './messages.js'
import type { ToldHolding } from './told.js'

const TOKENS_SCHEMA = 'plimsoll/reserves-tokens/1'

/** How far collecting is. */
export interface CollectProgress {
  chain: string
  /** Number of the moment, counted from 0. */
  moment: number
  done: number
  all: number
}

/** What evidence is collected from. */
export interface CollectOptions {
  /**
   * Folder that gets the evidence; it must not be there yet. What an interrupted run collected lies beside
   * it.
   */
  out: string
  /** Files: the challenge, the list of addresses, and `tokens.json` and `drand.json` where there are some. */
  challenge: string
  addresses: string
  tokens?: string
  drand?: string
  /** What shows control of each account, by account. Accounts without are left out. */
  controls: ReadonlyMap<string, Control>
  /** Nodes by chain: all of a chain have to agree on its blocks. */
  nodes: ReadonlyMap<string, readonly JsonRpc[]>
  /** Holdings that nodes or people tell of, on chains that no proofs are collected of. */
  told?: readonly ToldHolding[]
  /** Blocks of Bitcoin that the headers of a chain start with, in place of the network's first, by chain. */
  checkpoints?: ReadonlyMap<string, Checkpoint>
  /** Seconds since 1970-01-01 UTC (default: now). */
  now?: number
  onProgress?: (progress: CollectProgress) => void
}

/** What was collected. */
export interface CollectedEvidence {
  report: ReservesReport
  /** Accounts of the list that nothing shows control of. */
  leftOut: number
  /** Assets whose layout was found from what their contracts read. */
  foundTokens: readonly string[]
}

/** What collecting reads once, and goes on with. */
interface Job extends ReadChallenge {
  options: CollectOptions
  /** Where it keeps what it has. */
  work: string
  addresses: Addresses
  /** Root of the tree of the list of addresses. */
  listRoot: string
  /** Those with something that shows control, by account and in their order. */
  entries: ReadonlyMap<string, AddressEntry>
  moments: readonly number[]
}

/**
 * Collects evidence of reserves, and checks it as it comes. A run that was interrupted, or killed, goes on
 * where it was when it is started again with the same files.
 *
 * @throws {InputError} `FILE_EXISTS`, `COLLECT_EXPIRED`, `COLLECT_CHANGED`, `COLLECT_CONTROL`,
 * `COLLECT_NODE`, `COLLECT_BUSY`, `COLLECT_REFUSED`, and what readers and nodes throw
 * @example
 * const node = jsonRpc('http://127.0.0.1:8545', 'eip155:1, node 1')
 * const controls = await readControls(['to-sign/signatures.csv'])
 * const { report } = await collectReserves({
 *   out: 'epoch/reserves',
 *   challenge: 'challenge.json',
 *   addresses: 'addresses.json',
 *   controls,
 *   nodes: new Map([['eip155:1', [node]]]),
 * })
 */
export async function collectReserves(options: CollectOptions): Promise<CollectedEvidence> {
  const { out } = options
  if (existsSync(out)) {
    throw new InputError('FILE_EXISTS', 'exists already, and is not overwritten', {
      where: out,
      hint: 'Name another folder, or move this one away.',
    })
  }
  const job = await readJob(options)
  await mkdir(dirname(job.work), { recursive: true }).catch((error: unknown) => {
    throw fileError(job.work, error)
  })
  return inFolders([{ path: job.work, mode: 0o700 }], () =>
    withFileLock(
      `${job.work}.lock`,
      () => collect(job),
      ({ who, hint }) => {
        throw new InputError('COLLECT_BUSY', `${who} is collecting this evidence`, { where: out, hint })
      },
    ),
  )
}

async function readJob(options: CollectOptions): Promise<Job> {
  const { challenge: path, addresses: list, drand, controls, now = Math.floor(Date.now() / 1000) } = options
  const read = parseChallenge(await readTextFile(path), path)
  if (now >= read.challenge.expires) {
    throw new InputError('COLLECT_EXPIRED', 'the challenge has expired', {
      where: path,
      hint: 'Make another one, and have it signed.',
    })
  }
  const { addresses, root: listRoot } = parseAddresses(await readTextFile(list), list)
  const { addressesRoot: fixed } = read.challenge
  if (fixed !== undefined && fixed !== listRoot) {
    throw new InputError('COLLECT_CHANGED', 'the list is not the one that the challenge fixes', {
      where: list,
    })
  }
  const round = drand === undefined ? undefined : await readJsonFile(drand, drandRoundSchema)
  const moments = await momentsOf(read.challenge, round)
  const shown = addresses.accounts.filter(
    ({ account, control }) => controls.has(account) || control === 'attested',
  )
  const entries = new Map(shown.map((entry) => [entry.account, entry]))
  const job = { options, ...read, addresses, listRoot, entries, moments, work: `${options.out}.collecting` }
  const chains = new Set(read.challenge.chains.map(({ chain }) => chain))
  const other = shown.map(({ account }) => parseAccount(account, list).chain.id).find((id) => !chains.has(id))
  if (other !== undefined) {
    throw new InputError('COLLECT_CHANGED', `the challenge does not name ${other}`, { where: path })
  }
  for (const entry of shown) assertControl(job, entry)
  return job
}

/** What shows no control is found before any node is asked. */
function assertControl(job: Job, entry: AddressEntry): void {
  const control = job.options.controls.get(entry.account)
  if (control === undefined || control.kind === 'eip1271') return
  const { account: id } = entry
  const told = () => (entry.private ? `account ${job.addresses.accounts.indexOf(entry) + 1} of the list` : id)
  if (control.kind !== entry.control) {
    throw new InputError(
      'COLLECT_CONTROL',
      `the list has ${entry.control} for it, and there is ${control.kind}`,
      {
        where: told(),
      },
    )
  }
  const account = parseAccount(id, id)
  const { status, why } = verifyControl(control, {
    account,
    text: textOf(job, entry),
    moment: { time: job.moments[0]! },
  })
  if (status !== 'invalid') return
  throw new InputError('COLLECT_CONTROL', `what is given shows no control: ${why ?? 'it is not valid'}`, {
    where: told(),
    hint: 'Have the text of this account signed again, exactly as `plimsoll reserves message` wrote it.',
  })
}

async function collect(job: Job): Promise<CollectedEvidence> {
  const { work, options } = job
  await assertSameFiles(job)
  const tokensText = options.tokens === undefined ? undefined : await readTextFile(options.tokens)
  const { tokens } = tokenList(tokensText, options.tokens ?? '')
  const found: EvmToken[] = []
  for (const { chain: id } of job.challenge.chains) {
    const tasks = tasksOf(job, id)
    const collector = collectorOf(job, id, tasks, new Map(tokens))
    if (collector === undefined || tasks.length === 0) continue
    await start(job, collector)
    if ('findTokens' in collector) found.push(...(await (collector as EvmCollector).findTokens(tasks)))
    for (const moment of job.moments.keys()) await collectMoment(job, collector, tasks, moment)
    const headers = await collector.headers()
    if (headers !== undefined) await writeFileAtomic(join(work, `${fileOf(id)}.headers`), headers)
  }
  const folder = join(work, 'evidence')
  await rm(folder, { recursive: true, force: true })
  await assemble(job, folder, { tokensText, found })
  const known = tokensText === undefined ? {} : { tokens: { text: tokensText, where: options.tokens! } }
  const checkpoints = new Map([...(options.checkpoints ?? [])].map(([id, block]) => [id, [block]]))
  const { report } = await checkReserves(evidenceFolder(folder), { ...known, checkpoints })
  const failed = report.checks.find(({ valid }) => !valid)
  if (failed !== undefined) {
    throw new InputError('COLLECT_REFUSED', `what was collected does not hold: ${failed.detail}`, {
      where: failed.id,
      hint: failed.todo ?? 'Ask another node.',
    })
  }
  await rename(folder, options.out).catch((error: unknown) => {
    throw fileError(options.out, error)
  })
  await rm(work, { recursive: true, force: true })
  return {
    report,
    leftOut: job.addresses.accounts.length - job.entries.size,
    foundTokens: found.map(({ asset }) => asset),
  }
}

/** An interrupted run is taken up with the very files that it was started with. */
async function assertSameFiles({ work, hash, listRoot: addresses }: Job): Promise<void> {
  const schema = z.strictObject({ challenge: z.string(), addresses: z.string() })
  const path = join(work, 'started.json')
  const now = { challenge: hash, addresses }
  if (!existsSync(path)) return writeJson(path, now, { mode: 0o600 })
  const before = await readJsonFile(path, schema)
  if (before.challenge === hash && before.addresses === addresses) return
  throw new InputError('COLLECT_CHANGED', 'an interrupted run was started with another challenge or list', {
    where: work,
    hint: 'Give the same files again, or remove this folder to start anew.',
  })
}

function tasksOf({ entries }: Job, chain: string): CollectTask[] {
  return [...entries.values()]
    .filter(({ account }) => account.startsWith(`${chain}:`))
    .map(({ account, assets, control }) => ({
      account: parseAccount(account, ''),
      assets: assets.map(({ asset }) => parseAsset(asset, '')),
      control,
    }))
}

function collectorOf(
  { options, ...job }: Job,
  id: string,
  tasks: readonly CollectTask[],
  tokens: ReadonlyMap<string, EvmToken>,
): ChainCollector | undefined {
  const chain = parseChain(id, '')
  const proves = chain.namespace === 'eip155' || chain.namespace === 'bip122'
  const [first, ...others] = options.nodes.get(id) ?? []
  if (!proves || tasks.length === 0) return undefined
  if (first === undefined) {
    throw new InputError('COLLECT_NODE', `no node of ${id} is named`, {
      hint: `Name one with --rpc ${id}=URL, better two.`,
    })
  }
  if (chain.namespace === 'eip155') return evmCollector(chain, [first, ...others], tokens)
  const outputs = new Map<string, readonly Outpoint[]>()
  for (const { account } of tasks) {
    const control = options.controls.get(account.id)
    if (control?.kind !== 'bip322') continue
    const { facts } = verifyControl(control, { account, text: textOf(job, job.entries.get(account.id)!) })
    if (facts?.outputs !== undefined && facts.outputs.length > 0) outputs.set(account.id, facts.outputs)
  }
  const movements = tasks.flatMap(({ account }) => {
    const control = options.controls.get(account.id)
    return control?.kind === 'movement' ? [control.transaction] : []
  })
  const checkpoint = options.checkpoints?.get(id)
  return bitcoinCollector(chain, {
    nodes: [first, ...others],
    ...(checkpoint !== undefined && { checkpoint }),
    movements,
    accounts: tasks.map(({ account }) => account),
    outputs,
    onHeaders: (done) => options.onProgress?.({ chain: id, moment: 0, done, all: done }),
  })
}

/** Chooses the blocks, or takes up those of the run before. */
async function start({ work, moments }: Job, collector: ChainCollector): Promise<void> {
  const path = join(work, `${fileOf(collector.chain.id)}.json`)
  const kept = existsSync(path) ? await readJsonFile(path, z.unknown()) : undefined
  const now = await collector.start(moments, kept)
  await writeJson(path, now, { mode: 0o600 })
}

async function collectMoment(
  job: Job,
  collector: ChainCollector,
  tasks: readonly CollectTask[],
  moment: number,
): Promise<void> {
  const chain = collector.chain.id
  const journal = new Journal(join(job.work, journalOf(chain, moment)))
  let done = 0
  for await (const { account } of journal.resume()) {
    if (tasks[done]?.account.id !== account) {
      throw new InputError('COLLECT_JOURNAL', 'an interrupted run has other accounts', {
        where: job.work,
        hint: 'Remove the folder, and collect again.',
      })
    }
    done++
  }
  await journal.appending(async (add) => {
    const collect = async (task: CollectTask) => {
      const collected = await collector.collect(task, moment)
      return { task, collected, control: await completed(job, collector, task, collected) }
    }
    for await (const { task, collected, control } of ahead(tasks.slice(done), collector.atOnce, collect)) {
      await add({
        account: task.account.id,
        ...(control && { control }),
        holdings: collected.holdings.map(({ asset, amount, block, balance }) => ({
          asset,
          amount: `${amount}`,
          block,
          balance,
        })),
        nodes: (collected.nodes ?? []).map((node) => Buffer.from(node).toString('base64')),
      })
      done++
      job.options.onProgress?.({ chain, moment, done, all: tasks.length })
    }
  })
}

/** Works on some at the same time, and gives what comes of them in their order. */
async function* ahead<T, U>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<U>,
): AsyncGenerator<U> {
  const begun: Promise<U>[] = []
  for (let next = 0; next < all.length || begun.length > 0; ) {
    while (next < all.length && begun.length < atOnce) {
      const one = work(all[next++]!)
      // A failure is met when it is its turn, and then those behind it are no longer waited for.
      one.catch(() => {})
      begun.push(one)
    }
    yield await begun.shift()!
  }
}

/** What a contract says of its signature, at the block of its balances, and what shows a movement. */
async function completed(
  job: Job,
  collector: ChainCollector,
  { account }: CollectTask,
  { holdings }: CollectedAccount,
): Promise<Control | undefined> {
  const control = job.options.controls.get(account.id)
  if (control?.kind === 'movement')
    return { ...control, proof: await collector.movement(control.transaction) }
  if (control?.kind !== 'eip1271') return control
  const [node] = job.options.nodes.get(account.chain.id)!
  const call = eip1271Call(account, textOf(job, job.entries.get(account.id)!), control.signature)
  const schema = z.string().regex(/^0x[0-9a-f]*$/, 'must be bytes in hex')
  const result = await node!.ask('eth_call', [call, { blockHash: holdings[0]!.block }], schema)
  return { ...control, result }
}

const fileOf = (chain: string) => chain.replace(':', '-')
const journalOf = (chain: string, moment: number) => `${fileOf(chain)}-${moment}.jsonl`

/** Writes the folder from what was collected, one account after another. */
async function assemble(
  job: Job,
  folder: string,
  { tokensText, found }: { tokensText: string | undefined; found: readonly EvmToken[] },
): Promise<void> {
  const { options, work } = job
  const place = (path: string) => join(folder, path)
  await mkdir(place('headers'), { recursive: true })
  await mkdir(place('nodes'))
  await writeFileAtomic(place(RESERVES_PATHS.challenge), await readTextFile(options.challenge))
  await writeFileAtomic(place(RESERVES_PATHS.addresses), await readTextFile(options.addresses))
  if (job.challenge.moment.kind === 'random') {
    await writeFileAtomic(place(RESERVES_PATHS.drand), await readTextFile(options.drand!))
  }
  const given = tokensText === undefined ? [] : parseJsonAs(tokensText, tokensSchema, options.tokens!).tokens
  const tokens = [...given, ...found].sort((a, b) => (a.asset < b.asset ? -1 : 1))
  if (tokens.length > 0) await writeJson(place(RESERVES_PATHS.tokens), { schema: TOKENS_SCHEMA, tokens })
  for (const { chain: id } of job.challenge.chains) {
    const chain = parseChain(id, '')
    const headers = join(work, `${fileOf(id)}.headers`)
    if (!existsSync(headers)) continue
    await rename(headers, place(RESERVES_PATHS.headers(chain)))
    if (chain.namespace !== 'eip155') continue
    const nodes: Uint8Array[] = []
    for (const moment of job.moments.keys()) {
      for await (const record of new Journal(join(work, journalOf(id, moment))).records()) {
        for (const node of record.nodes) nodes.push(Buffer.from(node, 'base64'))
      }
    }
    await writeFileAtomic(place(RESERVES_PATHS.nodes(chain)), TrieNodes.pieces(nodes))
  }
  await writePrivateLines(place(RESERVES_PATHS.evidence), async (add) => {
    for (const moment of job.moments.keys()) {
      for await (const line of linesOfMoment(job, moment)) add(JSON.stringify({ moment, ...line }))
    }
  })
  // It is published with the rest.
  await chmod(place(RESERVES_PATHS.evidence), 0o644)
}

/** The lines of one moment, in the order of the accounts. */
async function* linesOfMoment(job: Job, moment: number): AsyncGenerator<object> {
  const { controls } = job.options
  const told = new Map<string, ToldHolding[]>()
  for (const holding of job.options.told ?? []) {
    const before = told.get(holding.account)
    if (before === undefined) told.set(holding.account, [holding])
    else before.push(holding)
  }
  let journal: { chain: string; records: AsyncGenerator<ReturnType<typeof JSON.parse>> } | undefined
  for (const entry of job.entries.values()) {
    const instruments = new Map(entry.assets.map(({ asset, instrument }) => [asset, instrument]))
    const chain = parseAccount(entry.account, '').chain.id
    const path = join(job.work, journalOf(chain, moment))
    let control: Control | 'attested' = controls.get(entry.account) ?? 'attested'
    let holdings: readonly { asset: string; amount: string; block: string; balance: unknown }[]
    if (existsSync(path)) {
      if (journal?.chain !== chain) journal = { chain, records: new Journal(path).records() }
      const { value } = await journal.records.next()
      holdings = value.holdings
      control = value.control ?? control
    } else holdings = told.get(entry.account) ?? []
    for (const [i, { asset, amount, block, balance }] of holdings.entries()) {
      const instrument = instruments.get(asset)
      const shown = i === 0 ? control : 'above'
      yield { account: entry.account, asset, instrument, amount, block, control: shown, balance }
    }
  }
}
