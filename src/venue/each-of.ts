/**
 * Works on everything that comes, on so many at once as there is room for then.
 *
 * @throws the first failure; what has begun is then no longer waited for
 */
export async function eachOf<T>(
  all: AsyncIterable<T>,
  atOnce: () => number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  let failed: { error: unknown } | undefined
  const room = async (most: number) => {
    while (running.size > most && !failed) await Promise.race(running)
    if (failed) throw failed.error
  }
  for await (const one of all) {
    await room(atOnce() - 1)
    const done = work(one)
      .catch((error: unknown) => {
        failed ??= { error }
      })
      .finally(() => running.delete(done))
    running.add(done)
  }
  await room(0)
}
