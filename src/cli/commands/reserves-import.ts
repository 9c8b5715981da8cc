import { type Command, Option } from 'commander'
import type { ListFormat } from '../../reserves/index.js'
import { command } from '../command.js'
import { forceOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

const FORMATS = {
  okx: true,
  htx: true,
  bitmex: true,
  summa: true,
  csv: true,
} satisfies Record<ListFormat, true>

interface ImportOptions {
  format: ListFormat
  out?: string
  force?: boolean
  json?: boolean
}

export function reservesImportCommand(): Command {
  return command('import', {
    description:
      'Read a list of addresses that a venue published, and say which part of each balance is under a valid signature. This is no verdict: nothing here looks at a chain.',
    args: [['<file>', 'the list, as it was published']],
    options: [
      required('--format <form>', 'the form of the list').choices(Object.keys(FORMATS)),
      new Option('--out <file>', 'write each row with what was found as a line of JSON'),
      forceOption(),
    ],
    notes: [
      'Signed is what is under a signature that holds for the address itself. It is stale where the text names no challenge: such a signature may be years old, and the key sold. A signature of another key, which nothing here ties to the address, leaves the row inconclusive.',
      'Exit code 0 when the list could be read, whatever it shows.',
    ],
    examples: ['plimsoll reserves import examples/reserves/published.csv --format okx'],
  }).action(async (file: string, options: ImportOptions) => {
    const { listView } = await import('../views/reserves-list.js')
    const { readReserveList } = await import('../../inputs/index.js')
    const { assertReplaceable, writePrivateLines } = await import('../../files/index.js')
    const ui = createUi(options)
    const { format, out, force } = options
    if (out !== undefined && !force) await assertReplaceable(out)
    const report = await ui.step('reading the list', (update) => {
      let told = 0
      const progress = (bytes: number) => {
        const megabytes = Math.floor(bytes / 1e6)
        if (megabytes >= told + 10) update(`${megabytes} MB`)
        told = Math.max(told, megabytes - (megabytes % 10))
      }
      if (out === undefined) return readReserveList(file, format, { progress })
      return writePrivateLines(out, (add) =>
        readReserveList(file, format, { progress, row: (row) => add(JSON.stringify(row)) }),
      )
    })
    ui.result(out === undefined ? report : { ...report, out }, () => listView(report))
  })
}
