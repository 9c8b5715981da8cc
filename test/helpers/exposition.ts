/** One series of a text in Prometheus' format. */
export interface ExposedSeries {
  name: string
  labels: Record<string, string>
  value: number
}

export interface ExposedFamily {
  name: string
  help: string
  type: string
  series: ExposedSeries[]
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*/

/**
 * Parses Prometheus' text format 0.0.4 as its specification has it, and refuses all that a lenient parser lets
 * pass: samples without help and kind or apart from their family, series given twice, labels given twice, odd
 * escapes, counters below zero, empty lines but between families, and a last line without an end.
 */
export function parseExposition(text: string): ExposedFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families: ExposedFamily[] = []
  const names = new Set<string>()
  const seen = new Set<string>()
  let help: { name: string; text: string } | undefined
  const lines = text.slice(0, -1).split('\n')
  for (const [at, line] of lines.entries()) {
    const refuse = (why: string): never => {
      throw new Error(`line ${at + 1}: ${why}: ${line}`)
    }
    if (line === '' && families.at(-1)?.series.length && lines[at + 1]?.startsWith('# HELP ')) continue
    if (line.startsWith('# HELP ')) {
      const [, name, words] = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? refuse('no help')
      if (/\\(?![\\n])/.test(words!.replaceAll('\\\\', ''))) refuse('an odd escape')
      if (names.has(name!)) refuse('a family given twice')
      names.add(name!)
      help = { name: name!, text: words! }
      continue
    }
    if (line.startsWith('# TYPE ')) {
      const [, name, type] =
        /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter)$/.exec(line) ?? refuse('no kind')
      if (help?.name !== name) refuse('a kind without its help')
      families.push({ name: name!, help: help!.text, type: type!, series: [] })
      help = undefined
      continue
    }
    if (help !== undefined) refuse('a help without its kind')
    const family = families.at(-1) ?? refuse('a sample before all families')
    const series = seriesOf(line, refuse)
    if (series.name !== family.name) refuse('a sample apart from its family')
    if (family.type === 'counter' && !(series.value >= 0)) refuse('a counter below zero')
    const key = JSON.stringify([series.name, Object.entries(series.labels).sort()])
    if (seen.has(key)) refuse('a series given twice')
    seen.add(key)
    family.series.push(series)
  }
  const empty = families.find(({ series }) => series.length === 0)
  if (empty !== undefined) throw new Error(`${empty.name} has no sample`)
  return families
}

function seriesOf(line: string, refuse: (why: string) => never): ExposedSeries {
  const name = NAME.exec(line)?.[0] ?? refuse('no name')
  let rest = line.slice(name.length)
  const labels: Record<string, string> = {}
  if (rest.startsWith('{')) {
    rest = rest.slice(1)
    for (;;) {
      const label = LABEL.exec(rest)?.[0] ?? refuse('no label')
      const value =
        /^="((?:[^"\\\n]|\\[\\"n])*)"/.exec(rest.slice(label.length)) ?? refuse('no value of a label')
      if (Object.hasOwn(labels, label)) refuse('a label given twice')
      labels[label] = value[1]!.replace(/\\([\\"n])/g, (_, mark) => (mark === 'n' ? '\n' : mark))
      rest = rest.slice(label.length + value[0].length)
      if (rest.startsWith(',')) {
        rest = rest.slice(1)
        continue
      }
      if (!rest.startsWith('}')) refuse('labels without an end')
      rest = rest.slice(1)
      break
    }
  }
  const [, number] = /^ (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)$/.exec(rest) ?? refuse('no number')
  return { name, labels, value: Number(number) }
}
