/**
 * Writes a result. A different one that an earlier run wrote stays, unless `force` is given.
 *
 * @param mode of the file; default: what others may read, too
 */
export async function writeResult(path: string, text: string, force = false, mode?: number): Promise<void> {
  const { assertReplaceable, writeFileAtomic } = await import('../files/index.js')
  if (!force) await assertReplaceable(path, text)
  await writeFileAtomic(path, text, mode === undefined ? {} : { mode })
}
