import { InputError } from '../errors/index.js'
import { type HeldLock, withFileLock } from '../files/index.js'

/**
 * Runs `work` while no other process works on the same epoch, on this machine or another.
 *
 * @param work asks the lock before each file that it writes
 *
 * @throws {InputError} `EPOCH_BUSY`, `LOCK_LOST`
 */
export function withLock<T>(path: string, work: (lock: HeldLock) => Promise<T>): Promise<T> {
  return withFileLock(path, work, ({ who, hint }) => {
    throw new InputError('EPOCH_BUSY', `${who} is working on this epoch`, { where: path, hint })
  })
}
