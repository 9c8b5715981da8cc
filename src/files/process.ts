import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'

/** Work to do when the process exits. One listener serves all callers. */
const pending = new Set<() => void>()

/** Runs a function when the process exits, the latest first. Returns a function that cancels it. */
export function onExit(work: () => void): () => void {
  if (pending.size === 0) process.prependListener('exit', finish)
  pending.add(work)
  return () => {
    pending.delete(work)
    if (pending.size === 0) process.off('exit', finish)
  }
}

function finish(): void {
  for (const work of [...pending].reverse()) work()
}

/**
 * Removes a file or folder when the process exits. Returns what removes it now. Only a process that is killed
 * by force leaves it behind.
 */
export function removeOnExit(path: string): () => void {
  const remove = () => {
    callOff()
    rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  }
  const callOff = onExit(remove)
  return remove
}

/** Ends a child process when this process exits, so that it does not go on writing unattended. */
export function endOnExit(child: ChildProcess): void {
  child.once(
    'close',
    onExit(() => child.kill('SIGKILL')),
  )
}
