import { open, readFile, rm } from 'node:fs/promises'
import { InputError } from '../errors/index.js'

/**
 * Runs `work` while no other process works on the same epoch. A lock whose process has died is taken over.
 *
 * @throws {InputError} `EPOCH_BUSY`
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(process.pid.toString())
      await file.close()
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = Number(await readFile(path, 'utf8').catch(() => ''))
      if (attempt > 0 || isAlive(owner)) {
        throw new InputError('EPOCH_BUSY', `process ${owner} is working on this epoch`, {
          where: path,
          hint: 'Wait for it to end. If it has ended, remove the lock file.',
        })
      }
      await rm(path, { force: true })
    }
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
