import { type Command, Option } from 'commander'
import type { ChallengeOptions } from '../../collect/index.js'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { ManyOption, pairOf, privateOption, required } from '../options.js'
import { readNumber } from '../reserves-options.js'
import { createUi } from '../terminal/ui.js'

interface Options {
  accounts: string
  out: string
  epoch?: string
  private?: string
  venue?: string
  name?: string
  moment?: number
  randomMoment?: string
  round?: number
  moments: number
  drand?: string
  tolerance?: string[]
  expires?: number
  json?: boolean
}

export function reservesChallengeCommand(): Command {
  return command('challenge', {
    description:
      'Make the challenge that all accounts sign: for which epoch, and as of when, they show what they hold.',
    options: [
      required('--accounts <file>', 'accounts, what they hold and for whom (CSV)'),
      required('--out <folder>', 'make this folder, with challenge.json and addresses.json'),
      new Option(
        '--epoch <folder>',
        'the epoch whose ledger is proven: its venue, name, accounts and moment',
      ),
      privateOption(),
      new Option('--venue <name>', 'without an epoch: the venue'),
      new Option('--name <name>', 'without an epoch: the name of the epoch'),
      new Option(
        '--moment <seconds>',
        'without an epoch: the moment, in seconds since 1970-01-01 UTC',
      ).argParser(readNumber('--moment')),
      new Option('--random-moment <from-to>', 'pick moments in this period, by a round of drand after it'),
      new Option('--round <number>', "the round of drand's quicknet that picks them").argParser(
        readNumber('--round'),
      ),
      new Option('--moments <number>', 'how many it picks; the least that one shows counts')
        .argParser(readNumber('--moments'))
        .default(1),
      new Option('--drand <file>', 'a round of drand that has passed (JSON): the challenge is no older'),
      new ManyOption('--tolerance <chain=seconds>', 'how far a block may lie from the moment'),
      new Option('--expires <seconds>', 'when it expires (default: two weeks after the moment)').argParser(
        readNumber('--expires'),
      ),
    ],
    notes: [
      'The CSV file has the columns account, asset, instrument and control, and may have holds_for, decimals and private: see docs/reserves.md.',
    ],
    examples: [
      'plimsoll reserves challenge --epoch epoch --accounts examples/venue/reserve-accounts.csv --out challenge',
    ],
  }).action(async (options: Options) => {
    const { makeChallenge, readAccountsCsv } = await import('../../collect/index.js')
    const { readJsonFile } = await import('../../files/index.js')
    const { parseChain } = await import('../../reserves/index.js')
    const { drandRoundSchema } = await import('../../reserves/index.js')
    const { challengeView } = await import('../views/reserves.js')
    const ui = createUi(options)
    const { accounts, out, drand, tolerance = [], expires } = options
    const addresses = await readAccountsCsv(accounts)
    const tolerances = new Map(
      tolerance.map((text) => {
        const [chain, seconds] = pairOf(text, '--tolerance')
        return [parseChain(chain, '--tolerance').id, readNumber('--tolerance')(seconds)] as const
      }),
    )
    const made = await makeChallenge(out, {
      ...(await readEpoch(options)),
      addresses,
      tolerances,
      ...(drand !== undefined && { drand: await readJsonFile(drand, drandRoundSchema) }),
      ...(expires !== undefined && { expires }),
    })
    const result = {
      folder: out,
      challenge: made.hash,
      accounts: addresses.accounts.length,
      ...made.challenge,
    }
    ui.result(result, () => challengeView(result))
  })
}

async function readEpoch(
  options: Options,
): Promise<Pick<ChallengeOptions, 'venue' | 'epoch' | 'accountsRoot' | 'moment'>> {
  const { epoch, venue, name, moment } = options
  if (epoch !== undefined) {
    if (venue !== undefined || name !== undefined || moment !== undefined) {
      throw new InputError('USAGE', 'give an epoch, or its venue, name and moment')
    }
    const { defaultPrivateFolder, readChallengedEpoch } = await import('../../venue/index.js')
    const read = await readChallengedEpoch(epoch, options.private ?? defaultPrivateFolder(epoch))
    const { timestamp, ...rest } = read
    return { ...rest, moment: readPeriod(options) ?? timestamp }
  }
  const when = readPeriod(options) ?? moment
  if (venue === undefined || name === undefined || when === undefined) {
    throw new InputError('USAGE', 'give an epoch, or its venue, name and moment')
  }
  return { venue, epoch: name, moment: when }
}

function readPeriod({
  randomMoment,
  round,
  moments,
}: Options): Exclude<ChallengeOptions['moment'], number> | undefined {
  if (randomMoment === undefined && round === undefined) return undefined
  const [, from, to] = /^([0-9]{1,12})-([0-9]{1,12})$/.exec(randomMoment ?? '') ?? []
  if (from === undefined || round === undefined) {
    throw new InputError('USAGE', 'needs two times in seconds with - between them, and --round', {
      where: '--random-moment',
    })
  }
  return { from: Number(from), to: Number(to), round, count: moments }
}
