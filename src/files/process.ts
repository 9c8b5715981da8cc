import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'

/**
 * Removes a file or folder when the process exits, however it comes to `process.exit`; what was begun last goes first. Returns
 * what removes it now. Only a process that is killed by force leaves it behind.
 */
export function removeOnExit(path: string): () => void {
  const remove = () => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  }
  process.prependListener('exit', remove)
  return remove
}

/** Ends a child process when this one exits: nobody would wait for it, and it could go on writing. */
export function endOnExit(child: ChildProcess): void {
  const end = () => child.kill('SIGKILL')
  process.prependListener('exit', end)
  child.once('close', () => process.off('exit', end))
}
