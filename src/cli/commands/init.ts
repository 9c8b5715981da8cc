import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { allStressedOption, instancesOption } from '../options.js'
import { canAsk, createUi, type Ui } from '../terminal/ui.js'

interface InitOptions {
  out: string
  example?: boolean
  venue?: string
  naming?: string
  accounts?: string
  instance?: string[]
  allStressed?: boolean
  json?: boolean
}

export function initCommand(): Command {
  return command('init', {
    description:
      'Write plimsoll.json, which `plimsoll epoch` reads, and templates of the files that it names, with a README. On a terminal it asks what no option says.',
    options: [
      new Option('--out <folder>', 'where to write them').default('.'),
      new Option('--example', 'write a small venue that works as it is, accounts included'),
      new Option('--venue <name>', 'name of the venue'),
      new Option('--naming <how>', 'epochs are named by the day of their marks, or by number').choices([
        'date',
        'number',
      ]),
      new Option('--accounts <file>', 'accounts, relative to the folder (default: accounts.csv)'),
      instancesOption(),
      allStressedOption(),
    ],
    notes: ['No file that is there already is overwritten.'],
    examples: ['plimsoll init --example --out venue'],
  }).action(async (options: InitOptions) => {
    const { initView } = await import('../views/init.js')
    const { writeStart } = await import('../epoch/start.js')
    const ui = createUi(options)
    const answers = options.example ? EXAMPLE : await answersOf(ui, options)
    const { out, example = false } = options
    const files = await writeStart(out, { ...answers, example })
    const result = { folder: out, files }
    ui.result(result, () => initView(result, example))
  })
}

/** What the configuration is made of. */
export interface Answers {
  venue: string
  naming: 'date' | 'number'
  accounts: string
  instances?: readonly string[]
  allStressed?: boolean
}

const ACCOUNTS = 'accounts.csv'
/** Instances so small that their keys are made in seconds. */
const EXAMPLE: Answers = {
  venue: 'Example Venue',
  naming: 'date',
  accounts: ACCOUNTS,
  instances: ['ledger-tiny', 'ledger-tiny-stress'],
}

async function answersOf(ui: Ui, options: InitOptions): Promise<Answers> {
  const { instance, allStressed } = options
  const venue = options.venue ?? (await ui.ask('Name of the venue?', ''))
  if (venue === '') {
    const where = '--venue'
    throw new InputError('USAGE', canAsk() ? 'a venue needs a name' : 'is needed where nobody can be asked', {
      where,
      hint: 'Give the name of the venue, or --example for a small one that works as it is.',
    })
  }
  const naming = options.naming ?? (await ui.ask('Name epochs by date or number?', 'date'))
  if (naming !== 'date' && naming !== 'number') {
    throw new InputError('USAGE', 'is neither date nor number', { where: '--naming' })
  }
  const accounts = options.accounts ?? (await ui.ask('Which file has the accounts?', ACCOUNTS))
  const hide =
    allStressed ?? /^y/i.test(await ui.ask('Hide how many accounts have debts, at twice the time?', 'no'))
  return {
    venue,
    naming,
    accounts,
    ...(instance === undefined ? {} : { instances: instance }),
    ...(hide ? { allStressed: true } : {}),
  }
}
