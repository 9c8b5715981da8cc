import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'

/** What is left to do when the process exits. One listener serves all, however much is under way. */
const pending = new Set<() => void>()

/** Does something when the process exits, however it comes to `process.exit`; what was begun last goes first. Returns what calls it off. */
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
 * Removes a file or folder when the process exits. Returns what removes it now. Only a process that is killed by force leaves it
 * behind.
 */
export function removeOnExit(path: string): () => void {
  const remove = () => {
    callOff()
    rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  }
  const callOff = onExit(remove)
  return remove
}

/** Ends a child process when this one exits: nobody would wait for it, and it could go on writing. */
export function endOnExit(child: ChildProcess): void {
  child.once(
    'close',
    onExit(() => child.kill('SIGKILL')),
  )
}
