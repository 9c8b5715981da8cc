import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { type LockHolder, withFileLock } from '../../../src/files/index.js'
import { SILENCE } from '../../../src/files/lock.js'
import { temporaryFolder } from '../../helpers/cli.js'

const SCRIPT = fileURLToPath(new URL('../../helpers/lock-process.ts', import.meta.url))
const UNSHARE = ['unshare', '--fork', '--pid', '--mount-proc', '--kill-child'] as const
/** Namespaces of process numbers need a right that not every machine gives. */
const refused = spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'true']).status !== 0
const folder = temporaryFolder()
const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

function start(command: readonly string[], ...args: string[]): ChildProcess {
  const [program, ...before] = [...command, process.execPath, '--import', 'tsx', SCRIPT, ...args] as [string]
  const child = spawn(program, before, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  return child
}

/** Until a process says that it holds the lock. */
async function holding(command: readonly string[], path: string): Promise<ChildProcess> {
  const child = start(command, 'hold', path)
  await new Promise((resolve, reject) => {
    child.stdout!.once('data', resolve)
    child.once('exit', () => reject(new Error('ended')))
  })
  return child
}

const killed = (child: ChildProcess) =>
  new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGKILL')
  })

/** What comes of one attempt: `taken`, or who holds the lock. */
async function attempt(path: string): Promise<string> {
  const busy = (holder: LockHolder) => Promise.reject(holder)
  return withFileLock(path, () => Promise.resolve('taken'), busy).catch((holder: LockHolder) => holder.who)
}

const change = (path: string, part: object) =>
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...part }))

describe('a lock (cli.24)', () => {
  test('is held by one at a time, also within a process, and nothing is left of it', async () => {
    const path = join(folder, 'plain')
    await withFileLock(
      path,
      async () => expect(await attempt(path)).toBe(`process ${process.pid}`),
      () => Promise.reject(new Error('busy')),
    )
    expect(await attempt(path)).toBe('taken')
    expect(readdirSync(folder)).toEqual([])
  })

  test('of a process that was killed is taken over at once; one whose number a later process has, too', async () => {
    const path = join(folder, 'killed')
    const holder = await holding([], path)
    expect(await attempt(path)).toBe(`process ${holder.pid}`)
    const record = readFileSync(path, 'utf8')
    await killed(holder)
    expect(await attempt(path)).toBe('taken')
    // This process has the number by now, and did not write the record.
    writeFileSync(path, record)
    change(path, { pid: process.pid })
    expect(await attempt(path)).toBe('taken')
  })

  test('of another machine or another start of this one is taken over after a long silence alone, whatever its number', async () => {
    for (const elsewhere of [{ host: 'another.example' }, { boot: 'another' }, { space: 'pid:[1]' }]) {
      const path = join(folder, 'elsewhere')
      const holder = await holding([], path)
      const record = readFileSync(path, 'utf8')
      await killed(holder)
      writeFileSync(path, record)
      change(path, elsewhere)
      expect(await attempt(path), JSON.stringify(elsewhere)).not.toBe('taken')
      const past = new Date(Date.now() - 2 * SILENCE)
      utimesSync(path, past, past)
      expect(await attempt(path), JSON.stringify(elsewhere)).toBe('taken')
    }
  })

  test('says to its holder when another has it by now, at once when asked and in the end', async () => {
    const path = join(folder, 'lost')
    const busy = () => Promise.reject(new Error('busy'))
    const lost = withFileLock(
      path,
      async (lock) => {
        await lock.assertHeld()
        change(path, { token: '0'.repeat(32) })
        await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'LOCK_LOST', exitCode: 2, where: path })
        rmSync(path)
        await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'LOCK_LOST' })
      },
      busy,
    )
    await expect(lost).rejects.toMatchObject({ code: 'LOCK_LOST' })
  })

  test('that cannot be read is not taken over, and its file is named', async () => {
    for (const text of ['', '4711', '{"schema":"plimsoll/lock/2"}', 'not a number']) {
      const path = join(folder, 'unreadable')
      writeFileSync(path, text)
      const holder = await withFileLock(
        path,
        () => Promise.resolve(undefined),
        (busy) => Promise.reject(busy),
      ).catch((busy: LockHolder) => busy)
      expect(holder?.hint).toContain(path)
      rmSync(path)
    }
  })

  test('F12: many that find one holder dead never hold it together, and lose no turn', async () => {
    const path = join(folder, 'raced')
    const [processes, rounds] = [5, 12]
    writeFileSync(`${path}.count`, '0')
    const codes = await Promise.all(
      Array.from(
        { length: processes },
        () => new Promise((resolve) => start([], 'rounds', path, `${rounds}`).once('exit', resolve)),
      ),
    )
    expect(codes).toEqual(codes.map(() => 0))
    expect(readFileSync(`${path}.count`, 'utf8')).toBe(`${processes * rounds}`)
  })

  test.skipIf(refused)(
    'F12: of a process in another namespace of numbers is respected, though the number means another here or nothing (skipped where no namespace can be made)',
    async () => {
      const path = join(folder, 'contained')
      const holder = await holding(UNSHARE, path)
      const { pid, space } = JSON.parse(readFileSync(path, 'utf8'))
      expect(space).toMatch(/^pid:\[\d+\]$/)
      expect(pid).toBeLessThan(100)
      expect(await attempt(path)).toBe(`process ${pid} in another container`)
      await killed(holder)
      // Nobody can look into what is gone: it is silence that tells.
      expect(await attempt(path)).toBe(`process ${pid} in another container`)
      const past = new Date(Date.now() - 2 * SILENCE)
      utimesSync(path, past, past)
      expect(await attempt(path)).toBe('taken')
    },
  )
})
