import { judged, type SoundnessRow, type SoundnessSection } from '../report.js'
import type { Attack } from './attack.js'
import { ATTACKS } from './catalogue.js'
import { faultAt, type Played, playAll } from './play.js'
import { missingAt } from './titles.js'

/**
 * Every attack, played by its tests. A small run looks whether these are there: that they pass, `npm test`
 * says.
 */
export const attacksSection: SoundnessSection = {
  title: 'Attacks',
  async *run({ small, progress }) {
    const places = ATTACKS.flatMap(({ where }) => ('waitsFor' in where ? [] : where))
    const played = small ? undefined : await playAll(places, progress)
    for (const attack of ATTACKS) yield row(attack, played)
  },
}

function row(
  { id, attack, expected, where }: Attack,
  played?: ReadonlyMap<string, readonly Played[]>,
): SoundnessRow {
  const claim = `${attack}: ${expected}`
  if ('waitsFor' in where) return { id, claim, how: '–', result: 'waits', detail: where.waitsFor }
  const tests = where.map(({ file, test }) => `${file}: ${test}`).join('\n')
  const how = played ? tests : `there, for npm test to play:\n${tests}`
  return judged(id, claim, {
    how,
    faults: where.flatMap((place) => missingAt(id, place) ?? (played && faultAt(place, played)) ?? []),
  })
}
