import { rmSync } from 'node:fs'

/** Whether a process runs on this machine; what cannot be a process id counts as running, to be on the safe side. */
export function processIsAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Removes a file or folder when the process exits, however it comes to `process.exit`; what was begun last goes first. Returns
 * what removes it now. Only a process that is killed by force leaves it behind.
 */
export function removeOnExit(path: string): () => void {
  const remove = () => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  process.prependListener('exit', remove)
  return remove
}
