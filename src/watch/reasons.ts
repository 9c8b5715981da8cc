import type { Sample } from './samples.js'

/** What is wrong by itself, whatever rules say: a sentence each. */
export function reasonsOf(samples: readonly Sample[]): string[] {
  return samples.flatMap(({ name, labels, value }) => {
    switch (name) {
      case 'plimsoll_epoch_valid':
        return value === 1 ? [] : [`The newest epoch of ${labels.venue} is not valid.`]
      case 'plimsoll_epoch_conflicts':
        return value === 0 ? [] : [`${labels.venue} has published two epochs of one name.`]
      case 'plimsoll_alerts_firing':
        return value === 0 ? [] : [`Alerts of severity ${labels.severity} that fire: ${value}.`]
      default:
        return []
    }
  })
}
