import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync, rmSync } from 'node:fs'
import { type FileHandle, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { fileError } from './disk.js'
import { onExit } from './process.js'

/** How often a holder shows that it lives, in milliseconds. */
const HEARTBEAT = 20_000
/** How long a holder that cannot be looked at has to be silent before it counts as dead, in milliseconds. */
export const SILENCE = 10 * 60_000

/** Who holds a lock: enough to tell a process from every other, on this machine and elsewhere. */
const ownerSchema = z.strictObject({
  schema: z.literal('plimsoll/lock/1'),
  host: z.string().max(256),
  /** Another each time the machine starts; empty where the system has none. */
  boot: z.string().max(64),
  /** The namespace that `pid` counts in: a container's processes have numbers of their own. */
  space: z.string().max(64),
  pid: z.int().positive(),
  /**
   * When the process started, in the system's ticks: a number that is given out again belongs to a later one.
   */
  started: z.string().max(32),
  token: z.string().regex(/^[0-9a-f]{32}$/, 'has to be 32 hexadecimal digits in lower case'),
})

type Owner = z.infer<typeof ownerSchema>

/** Why a lock cannot be had now. */
export interface LockHolder {
  /** For people: which process, on which machine. */
  who: string
  /** What to do when no such process runs any more. */
  hint: string
}

/** A lock that this process holds, as far as it knows. */
export interface HeldLock {
  /**
   * To be called before each step that nobody else may take at the same time.
   *
   * @throws {InputError} `LOCK_LOST` when another process took the lock over while this one was held up
   */
  assertHeld(): Promise<void>
}

/**
 * Runs `work` while no other process holds the lock. A lock whose holder is dead is taken over: this process
 * can see that it is gone, or, where it cannot look (another machine or container), nothing was heard of it
 * for ten minutes.
 *
 * @param onBusy told who holds the lock: throws to give up, or waits and returns to try again
 * @throws {InputError} `LOCK_LOST` when another process took the lock over while this one was held up,
 * `FILE_ACCESS`
 */
export async function withFileLock<T>(
  path: string,
  work: (lock: HeldLock) => Promise<T>,
  onBusy: (holder: LockHolder) => Promise<void>,
): Promise<T> {
  let lock = await tryLock(path)
  while (!(lock instanceof Lock)) {
    await onBusy(lock)
    lock = await tryLock(path)
  }
  try {
    const result = await work(lock)
    await lock.assertHeld()
    return result
  } finally {
    await lock.release()
  }
}

/** Whether a living process holds a lock, or one that may be living. */
export async function isLocked(path: string): Promise<boolean> {
  const owner = await readOwner(path)
  if (typeof owner !== 'object') return owner !== undefined
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
  return standingOf(owner, Date.now() - mtimeMs) !== 'dead'
}

/** A lock that this process holds. Its file has shown this process's own record since it was taken. */
class Lock implements HeldLock {
  private readonly timer: NodeJS.Timeout
  private readonly callOff: () => void

  constructor(
    private readonly path: string,
    private readonly token: string,
    private readonly file: FileHandle,
  ) {
    // The record's first byte again: the file's own time changes by the clock of the system that has the
    // file.
    this.timer = setInterval(() => void file.write('{', 0).catch(() => undefined), HEARTBEAT)
    this.timer.unref()
    this.callOff = onExit(() => this.remove())
  }

  async assertHeld(): Promise<void> {
    const owner = await readOwner(this.path)
    if (typeof owner === 'object' && owner.token === this.token) return
    throw new InputError('LOCK_LOST', 'another process took over while this one stood still', {
      where: this.path,
      hint: 'Run the same command again.',
    })
  }

  async release(): Promise<void> {
    clearInterval(this.timer)
    this.callOff()
    this.remove()
    await this.file.close()
  }

  private remove(): void {
    try {
      const owner = ownerSchema.safeParse(JSON.parse(readFileSync(this.path, 'utf8')))
      if (owner.data?.token === this.token) rmSync(this.path, { force: true })
    } catch {
      // It is gone, or somebody else's by now.
    }
  }
}

/** The lock, or who holds it. What changes under its hands is looked at again, some hundred times. */
async function tryLock(path: string): Promise<Lock | LockHolder> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const found = await attemptLock(path)
    if (found !== undefined) return found
    await setTimeout(10)
  }
  return { who: 'another process', hint: `Try again. If no other process runs, remove ${path}.` }
}

/** One attempt: the lock, who holds it, or nothing when that changed meanwhile. */
async function attemptLock(path: string): Promise<Lock | LockHolder | undefined> {
  const own: Owner = { ...self(), token: randomBytes(16).toString('hex') }
  const temporary = join(dirname(path), `.${basename(path)}.${own.token}.tmp`)
  const file = await open(temporary, 'wx', 0o600).catch((error: unknown) => {
    throw fileError(path, error)
  })
  let kept = false
  try {
    await file.writeFile(JSON.stringify(own))
    await file.sync()
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (!['EEXIST', 'ENOENT'].includes(error.code!)) throw fileError(path, error)
    })
    // The file itself decides, not the result of the call: over a network an answer can be lost.
    let owner = await readOwner(path)
    if (owner === 'unreadable') {
      return { who: 'another version of Plimsoll', hint: `If no other process works here, remove ${path}.` }
    }
    if (owner !== undefined && owner.token !== own.token) {
      const standing = standingOf(owner, await silence(path, temporary))
      if (standing !== 'dead') return standing
      owner = await takeOver(path, owner, temporary)
    }
    kept = owner?.token === own.token
    return kept ? new Lock(path, own.token, file) : undefined
  } finally {
    if (!kept) await file.close()
    await rm(temporary, { force: true })
  }
}

/**
 * Puts this process's record in the place of a dead one's. Of all that found the same one dead, one gets the
 * lock that is named after its token; while it holds that, nobody else replaces the record, so what it reads
 * again is what it replaces.
 */
async function takeOver(path: string, dead: Owner, temporary: string): Promise<Owner | undefined> {
  const turn = await attemptLock(`${path}.${dead.token.slice(0, 8)}`)
  if (!(turn instanceof Lock)) return undefined
  try {
    const found = await readOwner(path)
    if (typeof found === 'object' && found.token === dead.token) await rename(temporary, path)
    const now = await readOwner(path)
    return typeof now === 'object' ? now : undefined
  } finally {
    await turn.release()
  }
}

/** The record in a lock file, if there is one. */
async function readOwner(path: string): Promise<Owner | 'unreadable' | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unreadable'
  }
}

/**
 * For how many milliseconds a lock's holder has shown no life, by the clock of the system that has both
 * files.
 */
async function silence(path: string, fresh: string): Promise<number> {
  try {
    return (await stat(fresh)).mtimeMs - (await stat(path)).mtimeMs
  } catch {
    return 0
  }
}

/** `dead` beyond doubt, or after a silence where nobody can look; else who it is. */
function standingOf(owner: Owner, silent: number): 'dead' | LockHolder {
  const here = self()
  const visible = owner.host === here.host && owner.boot === here.boot && owner.space === here.space
  if (visible ? hasEnded(owner) : silent > SILENCE) return 'dead'
  const place = owner.host === here.host ? (visible ? '' : ' in another container') : ` on ${owner.host}`
  return {
    who: `process ${owner.pid}${place}`,
    hint: visible
      ? 'Wait for it to end.'
      : `Wait for it to end. What has ended there is taken over after ${SILENCE / 60_000} minutes of silence.`,
  }
}

/** Whether a process that this one can see is gone, or its number a later process's. */
function hasEnded({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
  }
  const now = startOf(pid)
  return now !== '' && started !== '' && now !== started
}

/** This process as it stands in a lock. */
function self(): Omit<Owner, 'token'> {
  return {
    schema: 'plimsoll/lock/1',
    host: hostname(),
    boot: read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: read(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    started: startOf(process.pid),
  }
}

/**
 * When a process started; empty where it cannot be told, also when `/proc` counts processes otherwise than
 * this one does.
 */
function startOf(pid: number): string {
  return read(() => {
    if (readlinkSync('/proc/self') !== `${process.pid}`) return ''
    // The second field is the name, in brackets, and may hold anything; the 22nd is the start.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
    return fields[19] ?? ''
  })
}

function read(what: () => string): string {
  try {
    return what()
  } catch {
    return ''
  }
}
