import { judged, type SoundnessRow, type SoundnessSection } from '../soundness/report.js'
import type { Attack } from './attack.js'
import { ATTACKS } from './catalogue.js'
import { missingAt } from './titles.js'

/** Every attack with the tests that play it. That they pass is for `npm test` to say; here they have to be there. */
export const attacksSection: SoundnessSection = {
  title: 'Attacks',
  async *run() {
    for (const attack of ATTACKS) yield row(attack)
  },
}

function row({ id, attack, expected, where }: Attack): SoundnessRow {
  const claim = `${attack}: ${expected}`
  if ('waitsFor' in where) return { id, claim, how: '–', result: 'waits', detail: where.waitsFor }
  const how = where.map(({ file, test }) => `${file}: ${test}`).join('\n')
  return judged(id, claim, { how, faults: where.flatMap((place) => missingAt(id, place) ?? []) })
}
