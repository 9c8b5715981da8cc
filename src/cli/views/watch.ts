import { METRICS, type Sample } from '../../watch/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'

/** The result of `watch --once`. */
export function watchView(
  fires: readonly string[],
  unread: readonly string[],
  samples: readonly Sample[],
): Text {
  const rows = samples.map(({ name, labels, value }) => [
    name.replace(/^plimsoll_/, ''),
    METRICS[name].labels.map((label) => labels[label]).join(' · '),
    Number.isInteger(value) ? value : Number(value.toPrecision(6)),
  ])
  return apart([
    table(['metric', 'of', 'value'], rows),
    unread.map((source) => `not read: ${source}`),
    fires.length === 0 ? ['QUIET'] : ['TROUBLE', ...fires.map((reason) => `  ${reason}`)],
  ])
}
