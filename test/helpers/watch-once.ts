import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readWatchConfig, type Sample, startWatch } from '../../src/watch/index.js'
import { temporaryFolder } from './cli.js'
import { simulatedClock } from './simulated-clock.js'

/** All that one round of a watch of something tells at a time; what fails is thrown. */
export async function watchOnce(time: number, watched: object): Promise<readonly Sample[]> {
  const file = join(temporaryFolder(), 'watch.json')
  writeFileSync(file, JSON.stringify({ schema: 'plimsoll/watch/1', ...watched }))
  const faults: unknown[] = []
  const loop = startWatch(await readWatchConfig(file), {
    clock: simulatedClock(time),
    onFault: ({ error }) => faults.push(error),
  })
  const { samples } = await loop.once()
  await loop.close()
  if (faults.length > 0) throw faults[0]
  return samples
}
