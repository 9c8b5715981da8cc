import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../run.js'
import { judged, type SoundnessSection } from '../report.js'
import { faultsOf } from './judge.js'
import { makeTargets, runsOf } from './targets.js'

/** So many times what `npm test` tries: about an hour. */
const FULL = 100

/** Every file that Plimsoll reads, mutated. Each run draws other mutants, and says by which seed. */
export const fuzzSection: SoundnessSection = {
  title: 'Fuzz',
  async *run({ small, progress }) {
    await run('npm', ['run', 'build'])
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-fuzz-'))
    try {
      progress('fuzz: making a file of every format')
      for (const target of await makeTargets(folder)) {
        const seed = randomInt(2 ** 31)
        const runs = runsOf(target, small ? 1 : FULL)
        progress(`fuzz: ${runs} mutants of ${target.name}`)
        yield judged(
          `fuzz ${target.name}`,
          'no mutant crashes a reader, is accepted as what it is not, or is repeated in a message',
          { how: `${runs} mutants, seed ${seed}`, faults: await faultsOf(target, runs, seed) },
        )
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
