import { open, readFile, rm } from 'node:fs/promises'
import { InputError } from '../errors/index.js'
import { processIsAlive, removeOnExit } from '../files/index.js'

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
      if (attempt > 0 || processIsAlive(owner)) {
        throw new InputError('EPOCH_BUSY', `process ${owner} is working on this epoch`, {
          where: path,
          hint: 'Wait for it to end. If it has ended, remove the lock file.',
        })
      }
      await rm(path, { force: true })
    }
  }
  const unlock = removeOnExit(path)
  try {
    return await work()
  } finally {
    unlock()
  }
}
