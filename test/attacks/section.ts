import { judged, type SoundnessRow, type SoundnessSection } from '../soundness/report.js'
import type { Attack } from './attack.js'
import { ATTACKS } from './catalogue.js'
import { Playing } from './play.js'
import { missingAt } from './titles.js'

/** Every attack, played by its tests. A small run looks whether these are there: that they pass, `npm test` says. */
export const attacksSection: SoundnessSection = {
  title: 'Attacks',
  async *run({ small, progress }) {
    const places = ATTACKS.flatMap(({ where }) => ('waitsFor' in where ? [] : where))
    const playing = small ? undefined : await Playing.run(places, progress)
    for (const attack of ATTACKS) yield row(attack, playing)
  },
}

function row({ id, attack, expected, where }: Attack, playing: Playing | undefined): SoundnessRow {
  const claim = `${attack}: ${expected}`
  if ('waitsFor' in where) return { id, claim, how: '–', result: 'waits', detail: where.waitsFor }
  const how = where.map(({ file, test }) => `${file}: ${test}`).join('\n')
  return judged(id, claim, {
    how,
    faults: where.flatMap((place) => missingAt(id, place) ?? playing?.faultAt(place) ?? []),
  })
}
