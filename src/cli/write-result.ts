import { assertReplaceable, writeFileAtomic } from '../files/index.js'

/** Writes a result. A different one that an earlier run wrote stays, unless `force` is given. */
export async function writeResult(path: string, text: string, force = false): Promise<void> {
  if (!force) await assertReplaceable(path, text)
  await writeFileAtomic(path, text)
}
