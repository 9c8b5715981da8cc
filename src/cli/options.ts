import { existsSync } from 'node:fs'
import { Option } from 'commander'
import type { KeyPins } from '../bundle/index.js'
import { InputError } from '../errors/index.js'
import type { Instance, PolicyFile } from '../statements/index.js'
import type { PlanOptions } from '../venue/index.js'

/** An option that may be given many times, and collects one value each time. */
export class ManyOption extends Option {
  constructor(flags: string, description: string) {
    super(flags, description)
    this.argParser((value: string, values: string[] = []) => [...values, value])
  }
}

/** The parts of `name=value`. */
export function pairOf(text: string, option: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)]
  throw new InputError('USAGE', 'not a name and a value with = between them', { where: option })
}

/**
 * What an option gives by symbol, as in `USDC=1000`.
 *
 * @param read the value behind the sign
 * @throws {InputError} `USAGE` for a symbol that is given twice
 */
export function bySymbol<T>(
  given: readonly string[] | undefined,
  option: string,
  read: (symbol: string, text: string) => T,
): Map<string, T> {
  const found = new Map<string, T>()
  for (const [symbol, text] of (given ?? []).map((each) => pairOf(each, option))) {
    if (found.has(symbol)) throw new InputError('USAGE', 'is given twice', { where: `${option} ${symbol}` })
    found.set(symbol, read(symbol, text))
  }
  return found
}

/** An option that a command cannot do without. */
export function required(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory()
}

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document on standard output')
}

export function forceOption(): Option {
  return new Option('--force', 'overwrite what an earlier run wrote')
}

/** @param what the file, such as `the proof` */
export function outOption(what: string): Option {
  return required('--out <file>', `write ${what} to this file`)
}

/** The options of every command that reads a venue's accounts. */
export interface BooksOptions {
  accounts: string
  risk: string
  /** Seconds since 1970-01-01 UTC. */
  timestamp?: number
}

export function booksOptions(): Option[] {
  return [accountsOption(), riskOption(), timestampOption()]
}

export function accountsOption(): Option {
  return required('--accounts <file>', 'accounts: CSV (also .gz, or - for standard input) or Parquet')
}

function riskOption(): Option {
  return required('--risk <file>', 'risk table (JSON), or tier table (CSV) for accounts with pledges')
}

export function timestampOption(): Option {
  return new Option(
    '--timestamp <seconds>',
    'time of the prices of a CSV table, which does not hold one: seconds since 1970-01-01 UTC',
  ).argParser(readTimestamp)
}

/** Of every command that proves: the keys that a venue or a trader proves with, and how. */
export function provingOptions(): Option[] {
  return [keyPinsOption(), proverOption()]
}

function keyPinsOption(): Option {
  return new Option('--pins <file>', "keys to prove with; others in this machine's cache are refused")
}

/** Reads what `--pins` names, of a command that proves. */
export async function readKeyPins(file: string | undefined): Promise<KeyPins | undefined> {
  if (file === undefined) return undefined
  const { readPins } = await import('../inputs/index.js')
  return readPins(file)
}

/** How proofs are made: see `chooseProver`. */
export function proverOption(): Option {
  return new Option(
    '--prover <which>',
    "what makes the proofs: wasm, snarkjs, or 'command' and a program, which gets the paths of key, witness, proof and public signals",
  ).default('wasm')
}

export function reservesOption(): Option {
  return required('--reserves <file>', 'reserves, and the layers that absorb shortfalls (JSON)')
}

/** The epoch that a venue makes. */
export function epochOption(): Option {
  return required('--epoch <folder>', 'the public epoch')
}

/** The epoch that a reader verifies. */
export function publicEpochOption(): Option {
  return new Option('--epoch <place>', 'the public epoch: a folder, a ZIP archive or an https address')
}

export function privateOption(): Option {
  return new Option(
    '--private <folder>',
    "the venue's private folder (default: the epoch's folder with .private at the end)",
  )
}

/** The key that a venue signs inclusion files with. */
export function signingKeyOption(): Option {
  return new Option(
    '--key <file>',
    "the venue's key, as `epoch sign` has it: it signs the files, for disputes",
  )
}

export function instancesOption(): Option {
  return new Option('--instance <names...>', 'choose among these instances only')
}

export function allStressedOption(): Option {
  return new Option(
    '--all-stressed',
    'prove every account as one that could have debts, so that nobody sees how many do',
  )
}

/** Who proves batches or chunks, as the command line says it. */
export interface PoolOptions {
  prover: string
  workers?: number
  threads?: number
  queue?: string
  workersKey?: string
  lease?: number
}

/** Of every command that proves many batches or chunks: the options of all that prove, and who does it. */
export function poolOptions(): Option[] {
  return [
    ...provingOptions(),
    workersOption(),
    threadsOption(),
    queueOption(),
    workersKeyOption(),
    leaseOption(),
  ]
}

/** Where jobs wait for workers on other machines. */
export function queueOption(): Option {
  return new Option('--queue <url>', 'queue of jobs in PostgreSQL: postgres://user@host/db')
}

/** How long a worker may be silent. */
function leaseOption(): Option {
  return new Option(
    '--lease <seconds>',
    'silence after which the job of a worker is handed out again (default: 60)',
  ).argParser(readLease)
}

/** How many processes prove at once. */
function workersOption(): Option {
  return new Option(
    '--workers <number>',
    'processes that prove at once (default: one for every four cores); 0 proves in this one',
  ).argParser(readWorkers)
}

/** How many threads prove at once. */
export function threadsOption(): Option {
  return new Option(
    '--threads <number>',
    'threads of each process that proves (default: its share of the cores)',
  ).argParser(readThreads)
}

/** Where those who take jobs out of a queue are told from others. */
function workersKeyOption(): Option {
  return new Option('--workers-key <key>', 'public key of the workers that take jobs out of the queue')
}

/** @throws {InputError} `USAGE` when there are threads for a prover that chooses its own */
export function assertThreads({ prover, threads }: { prover: string; threads?: number | undefined }): void {
  if (threads === undefined || prover === 'wasm') return
  throw new InputError('USAGE', 'this prover chooses its threads itself', {
    where: '--threads',
    hint: 'Give --threads with --prover wasm alone.',
  })
}

/** How many findings of a check are listed. */
export function limitOption(): Option {
  return new Option(
    '--limit <count>',
    'findings of each severity to list (default: 100000); all are counted',
  ).argParser(readLimit)
}

export function ownInstancesOption(): Option {
  return new Option(
    '--own-instances <file>',
    "the project's own sizes (JSON; default: plimsoll.instances.json in the working directory, if it is there)",
  )
}

/** Instances of the project's own: those of a file that is named, or of the one that lies here. */
export async function readOwn(file: string | undefined): Promise<Instance[]> {
  const { OWN_INSTANCES_FILE, readOwnInstances } = await import('../inputs/index.js')
  if (file !== undefined) return readOwnInstances(file)
  return existsSync(OWN_INSTANCES_FILE) ? readOwnInstances(OWN_INSTANCES_FILE) : []
}

/** The options of every command that plans. */
export interface PlanningOptions {
  instance?: readonly string[]
  ownInstances?: string
  allStressed?: boolean
  /** Whether the file of own instances is to be written: then it need not be there. */
  addSizes?: boolean
}

/**
 * What a plan is chosen among, as the command line gives it.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, and what `readOwnInstances` throws
 */
export async function readPlanOptions({
  instance,
  ownInstances,
  allStressed,
  addSizes,
}: PlanningOptions): Promise<PlanOptions> {
  const { findInstance } = await import('../proving/index.js')
  for (const name of instance ?? []) findInstance(name)
  const isNew = addSizes === true && ownInstances !== undefined && !existsSync(ownInstances)
  return {
    ...(instance === undefined ? {} : { instances: instance }),
    own: isNew ? [] : await readOwn(ownInstances),
    ...(allStressed ? { allStressed } : {}),
  }
}

/** The policy of the venue itself. A reader's is one of `trustOptions`. */
export function policyOption(): Option {
  return new Option(
    '--policy <file>',
    'thresholds and waterfall (JSON; default: full reserves, then the insurance fund)',
  )
}

/** Reads what `--policy` names. */
export async function readPolicy(file: string): Promise<PolicyFile> {
  const { readJsonFile } = await import('../files/index.js')
  const { editable } = await import('../schema/index.js')
  const { policySchema } = await import('../statements/index.js')
  return readJsonFile(file, editable(policySchema))
}

export function venueOption(): Option {
  return new Option(
    '--venue <address>',
    'address of the key that the venue signs with, from elsewhere than the epoch: it must have signed this one',
  )
}

/** The address that `--venue` was given, and the chain of a contract where it is named, as `eip155:1`. */
export async function readVenue(text: string): Promise<{ address: string; chain?: string }> {
  const [, chain, address] = /^(eip155:[1-9][0-9]{0,14}):(.*)$/s.exec(text) ?? []
  return {
    address: await readAddress(address ?? text, '--venue'),
    ...(chain !== undefined && { chain }),
  }
}

/** The address that an option was given, in lower case. */
export async function readAddress(text: string, option: string): Promise<string> {
  const { addressSchema } = await import('../bundle/index.js')
  const read = addressSchema.safeParse(text)
  if (read.success) return read.data
  throw new InputError('ADDRESS', read.error.issues[0]!.message, { where: option })
}

export function timesOption(): Option {
  return new Option('--times <number>', 'multiple of the requirement').default('1')
}

/** Checks what `--times` was given. */
export async function readTimes(text: string): Promise<string> {
  const { timesSchema } = await import('../margin/index.js')
  const read = timesSchema.safeParse(text)
  if (read.success && /[1-9]/.test(text)) return read.data
  throw new InputError('MARGIN_TIMES', 'not a multiple of a requirement', {
    where: '--times',
    hint: 'Write a plain decimal number above 0 and below 1000, such as 1.5.',
  })
}

function readLimit(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a whole number from 1 to 999999999', { where: '--limit' })
}

function readLease(text: string): number {
  if (/^[1-9][0-9]{0,4}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of seconds', {
    where: '--lease',
    hint: 'Write whole seconds, such as 60.',
  })
}

function readWorkers(text: string): number {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of processes', {
    where: '--workers',
    hint: 'Write a whole number below 1000, at most one for each core.',
  })
}

function readThreads(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of threads', {
    where: '--threads',
    hint: 'Write a whole number from 1 on, at most one for each core.',
  })
}

function readTimestamp(text: string): number {
  if (/^(0|[1-9][0-9]{0,15})$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a whole number of seconds since 1970-01-01 UTC', {
    where: '--timestamp',
  })
}
