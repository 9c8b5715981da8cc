import { proofFile } from '../bundle/index.js'
import { type HeldLock, writeJson } from '../files/index.js'
import type { PooledProof, ProofPool, ProofTask } from '../proving/index.js'

/**
 * Makes a proof and writes it where it belongs. The pool lets go of it once it is written: a run that was
 * killed before finds it there again.
 *
 * @throws what the pool and the lock throw; nothing is written by a run that has lost its lock
 */
export async function proveInto(
  path: string,
  { pool, lock }: { pool: ProofPool; lock: HeldLock },
  task: ProofTask,
): Promise<PooledProof> {
  const made = await pool.prove(task)
  const file = proofFile(task.artifacts, made.proven)
  await lock.assertHeld()
  await writeJson(path, file)
  await made.release()
  return made
}
