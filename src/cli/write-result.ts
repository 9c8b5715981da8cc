/** Writes a result. A different one that an earlier run wrote stays, unless `force` is given. */
export async function writeResult(path: string, text: string, force = false): Promise<void> {
  const { assertReplaceable, writeFileAtomic } = await import('../files/index.js')
  if (!force) await assertReplaceable(path, text)
  await writeFileAtomic(path, text)
}
