import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeFunctionData, parseAbi } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeMarginAccount, writeMarginTable } from '../../scripts/soundness/samples/margin-files.js'
import { ledgerArgs, RISK } from '../../scripts/soundness/samples/venue.js'
import { proofWords } from '../../src/chain/index.js'
import { parseDecimal } from '../../src/field/index.js'
import { loadArtifacts } from '../../src/proving/index.js'
import { EpochSecret } from '../../src/venue/epoch-secret.js'
import { type Run, start, startRunner, TEST_CACHE, temporaryFolder, until } from '../helpers/cli.js'
import { COMMANDS } from '../helpers/commands.js'
import { Postgres } from '../helpers/postgres.js'
import { type Case, EXCHANGE_INSTANCES, markedExchange } from './secrets-exchange.js'
import {
  accountMarks,
  amountMarks,
  epochKeyMarks,
  type Mark,
  marksIn,
  numberMark,
  textMark,
} from './secrets-marks.js'

const folder = temporaryFolder()
const file = (name: string) => join(folder, name)
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const epoch = file('epoch')
/** A second venue, for what there is only with scenarios and pledges. */
const exchange = markedExchange(folder)
const INSTANCES = ['ledger-tiny', 'ledger-tiny-wide', 'solvency-tiny', 'margin-tiny', ...EXCHANGE_INSTANCES]

/** The books: every number and every identifier is like no other that a run comes across. */
const ROWS: [id: string, instrument: string, quantity: string][] = [
  ['MARKID-aldebaran@example.com', 'BTC', '73.05418296'],
  ['MARKID-aldebaran@example.com', 'USDT', '918273.645519'],
  ['MARKID-betelgeuse', 'ETH', '55.19283746'],
  ['MARKID-capella', 'USDT', '48213.915577'],
  ['MARKID-deneb', 'BTC', '61.80339887'],
  ['MARKID-deneb', 'ETH', '27.18281828'],
  ['MARKID-deneb', 'USDT', '314159.265359'],
]
const RESERVES = { BTC: '134.85758184', ETH: '82.37565575', USDT: '1280646.826457' }
const TOTALS = { BTC: '134.85758183', ETH: '82.37565574', USDT: '1280646.826455' }
/** That the four accounts take, at least. */
const BATCHES = 1
/** What the trader holds, in smallest units. */
const HELD: [symbol: string, quantity: bigint][] = [
  ['USDC', 320_541_829_613n],
  ['BTC-PERP', -305_192_834n],
]
const TRADER = 'MARKID-fomalhaut'

const decimalsOf = (symbol: string) => RISK.instruments.find((row) => row.symbol === symbol)!.decimals
/** Nobody's to see: no command prints one, for whomever. */
const keys: Mark[] = []
/** For the venue and its customers, each their own. */
const books: Mark[] = []

const csv = (rows: readonly (readonly string[])[]) =>
  `account_id,instrument,quantity\n${rows.map((row) => row.join()).join('\n')}\n`

const EXPORT = ['--epoch', epoch, '--accounts', file('venue/accounts.csv')]
const OTHER_TARGET = ['--chain-id', '10', '--registry', `0x${'5a'.repeat(20)}`]
const WALLET = `eip155:1:0x${'5a'.repeat(20)}`
const PASSPHRASE = 'MARKPASS tulip harbour anvil'

const NO_NODE = ['--rpc', 'http://127.0.0.1:1', '--sender', file('venue-key.json')]

/** Every run, in this order, by the command that it is of. */
const RUNS: [command: string, ...cases: Case[]][] = [
  [
    'setup',
    {
      args: [...INSTANCES, '--pins', file('pins.json')],
      code: 0,
    },
    { args: ['--list'], code: 0 },
    { args: ['no-such-instance'], code: 2 },
  ],
  [
    'ledger check',
    {
      args: ['--accounts', file('venue/accounts.csv'), '--risk', file('venue/risk.json')],
      code: 0,
      shows: "the venue's own table",
    },
    {
      args: ['--accounts', file('venue/broken.csv'), '--risk', file('venue/risk.json')],
      code: 1,
      shows: "the venue's own table",
    },
    { args: ['--accounts', file('venue/unread.csv'), '--risk', file('venue/risk.json')], code: 2 },
  ],
  [
    'plan',
    {
      args: ['--accounts', file('venue/accounts.csv'), '--risk', file('venue/risk.json'), '--json'],
      code: 0,
    },
    { args: ['--accounts', file('venue/unread.csv'), '--risk', file('venue/risk.json')], code: 2 },
  ],
  [
    'ledger prove',
    { args: ledgerArgs(venue('broken.csv'), file('never')).slice(2), code: 2 },
    { args: ledgerArgs(venue('twice.csv'), file('never')).slice(2), code: 2 },
    { args: ledgerArgs(venue('unread.csv'), file('never')).slice(2), code: 2 },
    { args: ledgerArgs(venue('accounts.csv'), file('never'), ['ledger-tiny-pledged']).slice(2), code: 2 },
    { args: [...ledgerArgs(venue('accounts.csv'), epoch).slice(2), '--json'], code: 0 },
    { args: ledgerArgs(venue('accounts.csv'), epoch).slice(2), code: 0 },
    { args: ledgerArgs(venue('other.csv'), epoch).slice(2), code: 2 },
  ],
  [
    'solvency check',
    {
      args: [
        '--accounts',
        file('venue/accounts.csv'),
        '--risk',
        file('venue/risk.json'),
        '--reserves',
        file('venue/reserves.json'),
      ],
      code: 0,
      shows: "the venue's own table",
    },
    {
      args: [
        '--accounts',
        file('venue/accounts.csv'),
        '--risk',
        file('venue/risk.json'),
        '--reserves',
        file('venue/malformed.json'),
      ],
      code: 2,
    },
  ],
  [
    'solvency prove',
    { args: ['--epoch', epoch, '--reserves', file('venue/malformed.json')], code: 2 },
    { args: ['--epoch', epoch, '--reserves', file('venue/short.json')], code: 1 },
    { args: ['--epoch', epoch, '--reserves', file('venue/reserves.json')], code: 0 },
  ],
  [
    'solvency disclose',
    {
      args: [
        '--epoch',
        epoch,
        '--totals',
        '--reserves',
        file('venue/reserves.json'),
        '--out',
        file('disclosure.json'),
      ],
      code: 0,
    },
    {
      args: ['--epoch', epoch, '--reserves', file('venue/short.json'), '--out', file('none.json')],
      code: 2,
    },
    { args: ['--epoch', epoch, '--out', file('none.json')], code: 2 },
    {
      args: ['--epoch', epoch, '--ratio', file('venue/reserves.json'), '--out', file('ratio.json')],
      code: 0,
    },
    {
      args: ['--epoch', epoch, '--totals', '--instruments', 'DOGE', '--out', file('none.json')],
      code: 2,
    },
  ],
  [
    'reserves prove',
    { args: ['--epoch', epoch, '--reserves', file('venue/reserves.json')], code: 2 },
    { args: ['--epoch', epoch, '--reserves', file('venue/short.json')], code: 2 },
  ],
  [
    'reserves open',
    {
      args: ['--epoch', epoch, '--reserves', file('venue/reserves.json'), '--out', file('opening.json')],
      code: 0,
    },
    {
      args: ['--epoch', epoch, '--reserves', file('venue/malformed.json'), '--out', file('none.json')],
      code: 2,
    },
  ],
  [
    'owner new',
    { args: ['--out', file('owner.json')], code: 0 },
    { args: ['--out', file('owner.json'), '--json'], code: 2 },
  ],
  [
    'owner show',
    { args: [file('owner.json')], code: 0 },
    { args: [file('venue/reserves.json'), '--json'], code: 2 },
  ],
  [
    'worker',
    { args: ['--new-key', file('workers.json')], code: 0 },
    { args: ['--new-key', file('workers.json'), '--json'], code: 2 },
  ],
  [
    'init',
    { args: ['--example', '--out', file('start')], code: 0 },
    { args: ['--out', file('no')], code: 2 },
  ],
  [
    'epoch',
    { args: ['--config', file('start/plimsoll.json'), '--json'], code: 0 },
    { args: ['--config', file('no/plimsoll.json')], code: 2 },
  ],
  [
    'epoch sign',
    { args: ['--new-key', file('venue-key.json')], code: 0 },
    { args: ['--new-key', file('venue-key.json'), '--json'], code: 2 },
    { args: [epoch, '--key', file('owner.json')], code: 2 },
    { args: [epoch, '--key', file('venue-key.json'), '--json'], code: 0 },
    { args: [epoch, '--contract', WALLET, '--typed-data', file('to-sign.json')], code: 0 },
    { args: [epoch, '--contract', WALLET, '--signature', file('owner.json')], code: 2 },
  ],
  [
    'epoch retarget',
    {
      args: [epoch, '--reserves', file('venue/short.json'), ...OTHER_TARGET, '--out', file('epoch-10')],
      code: 2,
    },
    {
      args: [epoch, '--reserves', file('venue/reserves.json'), ...OTHER_TARGET, '--out', file('epoch-10')],
      code: 0,
    },
  ],
  ['epoch pack', { args: [epoch, '--out', file('epoch.zip')], code: 0 }],
  [
    'inclusion export',
    {
      args: [
        '--epoch',
        epoch,
        '--account',
        'MARKID-deneb',
        '--accounts',
        file('venue/accounts.csv'),
        '--out',
        file('inclusion.json'),
      ],
      code: 0,
    },
    {
      args: [
        '--epoch',
        epoch,
        '--account',
        'MARKID-nobody',
        '--accounts',
        file('venue/accounts.csv'),
        '--out',
        file('none.json'),
      ],
      code: 2,
    },
    { args: [...EXPORT, '--all', '--key', file('venue-key.json'), '--out', file('inclusion')], code: 0 },
    { args: [...EXPORT, '--all', '--out', file('inclusion.jsonl')], code: 0 },
    { args: [...EXPORT, '--all', '--key', file('owner.json'), '--out', file('never')], code: 2 },
  ],
  [
    'inclusion publish',
    { args: [...EXPORT, '--channels', file('venue/channels.csv'), '--out', file('archive')], code: 0 },
    { args: [...EXPORT, '--channels', file('venue/accounts.csv'), '--out', file('never')], code: 2 },
    { args: [...EXPORT, '--channels', file('venue/weak.csv'), '--out', file('never')], code: 2 },
  ],
  [
    'inclusion open',
    {
      args: [
        ...[file('archive'), '--passphrase', file('venue/passphrase'), '--account', 'MARKID-capella'],
        ...['--out', file('opened.json')],
      ],
      code: 0,
    },
    { args: [file('archive'), '--owner', file('owner.json'), '--out', file('never')], code: 2 },
  ],
  [
    'inclusion dispute',
    { args: [file('inclusion.json'), epoch, '--venue', `0x${'11'.repeat(20)}`], code: 2 },
    { args: [file('signed.json'), epoch, '--venue', '@address', '--json'], code: 0 },
    { args: [file('touched.json'), epoch, '--venue', '@address'], code: 2 },
  ],
  [
    'inclusion verify',
    { args: [file('inclusion.json'), '--epoch', epoch], code: 0, shows: "the customer's own balances" },
    {
      args: [file('inclusion.json'), '--root', epoch],
      code: 0,
      shows: "the customer's own balances",
    },
    { args: [file('inclusion.json'), '--root', '7'.repeat(60)], code: 1 },
    {
      args: [file('inclusion.json'), '--epoch', epoch, '--previous', epoch],
      code: 2,
      shows: "the customer's own balances",
    },
    {
      args: [file('touched.json'), '--epoch', epoch, '--json'],
      code: 1,
      shows: "the customer's own identifier",
    },
    { args: [file('owner.json'), '--epoch', epoch], code: 2 },
  ],
  [
    'margin prove',
    { args: marginArgs({}), code: 0 },
    { args: marginArgs({ times: '100', out: 'none.json' }), code: 1 },
    { args: marginArgs({ owner: file('inclusion.json'), out: 'none.json' }), code: 2 },
  ],
  [
    'margin verify',
    { args: [file('margin-proof.json'), '--accounts-root', '@root', '--risk', file('risk.json')], code: 0 },
    { args: [file('inclusion.json'), '--accounts-root', '1', '--risk', file('risk.json')], code: 2 },
  ],
  [
    'margin explain',
    {
      args: ['--account', file(`${TRADER}.json`), '--risk', file('risk.json')],
      code: 0,
      shows: "the trader's own figures",
    },
    { args: ['--account', file('owner.json'), '--risk', file('risk.json')], code: 2 },
  ],
  [
    'liquidation explain',
    {
      args: ['--account', file(`${TRADER}.json`), '--risk', file('risk.json')],
      code: 0,
      shows: "the trader's own figures",
    },
    { args: ['--account', file('owner.json'), '--risk', file('risk.json')], code: 2 },
  ],
  [
    'liquidation plan',
    {
      args: [
        ...['--accounts', file('venue/unread.csv'), '--risk', 'examples/venue/risk.json'],
        ...['--policy', 'examples/liquidation/derive.json', '--depth', 'examples/liquidation/depth.csv'],
      ],
      code: 2,
    },
  ],
  [
    'liquidation prove',
    {
      args: ['--epoch', epoch, '--account', file(`${TRADER}.json`), '--moved', file('venue/accounts.csv')],
      code: 2,
    },
    { args: ['--epoch', epoch, '--account', file('inclusion.json'), '--moved', file('none.json')], code: 2 },
  ],
  [
    'liquidation verify',
    { args: [file('inclusion.json'), '--epoch', epoch], code: 2 },
    { args: [file('margin-proof.json'), '--epoch', epoch, '--record', file('inclusion.json')], code: 2 },
  ],
  ...(['check', 'prove'] as const).map((verb): [string, Case] => {
    const accounts = file('venue/accounts.csv')
    const reserves = file('venue/reserves.json')
    const own = ['--epoch', epoch, '--accounts', accounts, '--reserves', reserves]
    const before = ['--previous', epoch, '--previous-accounts', accounts, '--previous-reserves', reserves]
    return [`settlement ${verb}`, { args: [...own, ...before, '--activity', `${epoch}.private`], code: 2 }]
  }),
  [
    'settlement verify',
    { args: [epoch, '--previous', epoch], code: 2 },
    { args: [epoch, '--previous', epoch, '--external', file('inclusion.json')], code: 2 },
    { args: [`${epoch}.private`, '--previous', epoch], code: 2 },
  ],
  ...['init solvency-tiny', 'verify @private', 'finalize @private'].map((words): [string, Case] => {
    const [verb, ...args] = words.replace('@private', `${epoch}.private`).split(' ')
    const named = verb === 'init' ? ['--name', 'x', '--coordinator', 'x', '--out', file('never')] : []
    return [`ceremony ${verb}`, { args: [...args, '--ptau', file('venue/accounts.csv'), ...named], code: 2 }]
  }),
  [
    'ceremony contribute',
    {
      args: [
        ...[`${epoch}.private`, '--name', 'x', '--signer', `0x${'0'.repeat(40)}`, '--out', file('never')],
        ...['--entropy-file', file('owner.json')],
      ],
      code: 2,
    },
  ],
  ['ceremony page', { args: ['--out', file('contribute.html')], code: 0 }],
  ['ceremony accept', { args: [`${epoch}.private`, file('venue')], code: 2 }],
  ['ceremony close', { args: [`${epoch}.private`, '--beacon-round', '90000000'], code: 2 }],
  ['ceremony beacon', { args: [`${epoch}.private`, '--answer', file('owner.json')], code: 2 }],
  [
    'verify',
    { args: [epoch, '--json'], code: 0 },
    { args: [`${epoch}.private/epoch.json`], code: 2 },
    { args: [file('inclusion.json')], code: 2 },
  ],
  [
    'watch',
    {
      args: [file('watch.json'), '--once', '--json', '--ledger', file('venue/accounts.csv')],
      code: 0,
    },
    { args: [file('watch.json'), '--once', '--ledger', file('venue/accounts.csv')], code: 0 },
    { args: [file('watch.json'), '--once', '--ledger', file('venue/unread.csv')], code: 2 },
    { args: [file('venue/accounts.csv'), '--once'], code: 2 },
  ],
  [
    'audit',
    {
      args: [epoch, '--development', '--report', file('audit.html'), '--report', file('audit.json')],
      code: 0,
    },
    {
      args: [epoch, '--development', '--openings', file('disclosure.json'), '--json'],
      code: 0,
      shows: 'what was disclosed',
    },
    { args: [epoch, '--development', '--openings', `${epoch}.private/epoch.json`], code: 2 },
    { args: [epoch, '--development', '--words', file('inclusion.json')], code: 2 },
    { args: [epoch, '--development', '--prices', file('venue/accounts.csv')], code: 2 },
    { args: [epoch], code: 2 },
  ],
  [
    'web build',
    {
      args: ['--epoch', epoch, '--openings', file('disclosure.json'), '--out', file('shown-page')],
      code: 0,
    },
    { args: ['--epoch', epoch, '--out', file('page')], code: 0 },
    { args: ['--epoch', epoch, '--openings', file('owner.json'), '--out', file('never')], code: 2 },
  ],
  [
    'contract export',
    { args: ['ledger-tiny', '--out', file('contracts')], code: 0 },
    { args: ['--contracts', file('owner.json'), '--out', file('never')], code: 2 },
  ],
  [
    'chain deploy',
    {
      args: ['--rpc', 'http://127.0.0.1:9', '--config', file('owner.json'), '--out', file('never')],
      code: 2,
    },
  ],
  ['chain status', { args: ['--rpc', 'http://127.0.0.1:9', '--deployment', file('owner.json')], code: 2 }],
  [
    'reserves challenge',
    {
      args: [
        ...['--accounts', 'examples/venue/reserve-accounts.csv', '--venue', 'Example', '--name', '1'],
        ...['--moment', '1790000000', '--out', file('challenge')],
      ],
      code: 0,
    },
    { args: ['--accounts', file('venue/accounts.csv'), '--epoch', epoch, '--out', file('none')], code: 2 },
  ],
  ['reserves message', { args: [file('challenge'), '--out', file('to-sign')], code: 0 }],
  [
    'reserves collect',
    {
      args: [file('challenge'), '--out', file('shown'), '--signatures', file('venue/accounts.csv')],
      code: 2,
    },
  ],
  ['reserves check', { args: [file('challenge'), '--epoch', epoch], code: 1 }],
  [
    'publish',
    { args: [epoch, ...NO_NODE, '--pins', file('pins.json')], code: 2 },
    { args: [epoch, ...NO_NODE, '--pins', file('pins.json'), '--dry-run', '--json'], code: 2 },
  ],
  [
    'publish status',
    { args: ['Marked Venue', ...NO_NODE.slice(0, 2), '--registry', `0x${'ab'.repeat(20)}`], code: 2 },
  ],
  [
    'reserves commit',
    {
      args: [
        ...[file('challenge'), '--risk', file('venue/risk.json'), '--out', file('none.json')],
        ...['--reserves', file('venue/reserves.json')],
      ],
      code: 1,
    },
  ],
  [
    'reserves import',
    { args: ['examples/reserves/published.csv', '--format', 'okx'], code: 0 },
    { args: ['examples/reserves/published.csv', '--format', 'htx'], code: 2 },
  ],
  ['risk scenarios', { args: [], code: 0 }],
  [
    'risk stress',
    {
      args: [
        '--risk',
        file('inclusion.json'),
        '--stress',
        'examples/venue/stress.json',
        '--out',
        file('none.json'),
      ],
      code: 2,
    },
  ],
  [
    'risk build',
    { args: ['--model', 'cross', '--params', file(`${TRADER}.json`), '--out', file('none.json')], code: 2 },
    {
      args: ['--model', 'cross', '--params', 'examples/margin/cross.json', '--out', file('rule.json')],
      code: 0,
    },
  ],
  [
    'risk table',
    {
      args: [
        ...['--from', file('venue/accounts.csv'), '--timestamp', '1767225600'],
        ...['--out', file('none.json')],
      ],
      code: 2,
    },
  ],
  ['risk tiers', { args: ['--tiers', file('venue/accounts.csv'), '--out', file('none.json')], code: 2 }],
  [
    'risk calibrate',
    { args: ['--history', file('venue/accounts.csv'), '--out', file('none.json')], code: 2 },
  ],
  [
    'risk accrue',
    {
      args: [
        ...['--risk', 'examples/lending/risk.json', '--rates', 'examples/lending/rates.json'],
        ...['--accounts', 'examples/lending/accounts.csv', '--to', '1767312000'],
        ...['--out', file('accrued.json')],
      ],
      code: 0,
    },
    {
      args: [
        ...['--risk', 'examples/lending/risk.json', '--rates', 'examples/lending/rates.json'],
        ...['--accounts', file('venue/accounts.csv'), '--to', '1767312000', '--out', file('none.json')],
      ],
      code: 2,
    },
  ],
  [
    'risk draft',
    {
      args: [
        ...['--history', 'examples/stress/prices.csv', '--stress', 'examples/venue/stress.json'],
        ...['--bounds', 'examples/venue/bounds.json', '--out', file('proposal.json')],
        ...['--stress-out', file('stress-proposed.json')],
      ],
      code: 0,
    },
    {
      args: [
        ...['--history', file('venue/accounts.csv'), '--stress', 'examples/venue/stress.json'],
        ...['--bounds', 'examples/venue/bounds.json', '--out', file('none.json')],
      ],
      code: 2,
    },
  ],
  [
    'risk propose',
    {
      args: [
        ...[file('proposal.json'), '--bounds', 'examples/venue/bounds.json'],
        ...['--key', file('venue-key.json')],
      ],
      code: 0,
    },
    {
      args: [
        ...[file('proposal.json'), '--bounds', file('venue/reserves.json'), '--key', file('venue-key.json')],
      ],
      code: 2,
    },
    {
      args: [
        ...[file('proposal.json'), '--bounds', 'examples/venue/bounds.json', '--by', '@address'],
        ...['--epoch', epoch, '--stress', file('stress-proposed.json'), '--register', WALLET.slice(9)],
        ...NO_NODE,
      ],
      code: 2,
    },
  ],
  [
    'risk verify',
    {
      args: [file('proposal.json'), '--by', '@address', '--bounds', 'examples/venue/bounds.json'],
      code: 0,
    },
    {
      args: [file('venue/reserves.json'), '--by', '@address', '--bounds', 'examples/venue/bounds.json'],
      code: 2,
    },
  ],
  [
    'watch replay',
    {
      args: [
        ...['--history', 'examples/stress/prices.csv', '--window', '250', '--page', file('replay.html')],
      ],
      code: 0,
    },
    { args: ['--history', file('venue/accounts.csv')], code: 2 },
  ],
  [
    'incident open',
    {
      args: [
        ...[file('incidents.jsonl'), '--incident', 'one', '--severity', 'warning', '--text', 'a mark is off'],
        ...['--key', file('venue-key.json'), '--accounts', file('venue/accounts.csv')],
      ],
      code: 0,
    },
    {
      args: [
        ...[file('incidents.jsonl'), '--incident', 'two', '--severity', 'info', '--text', '@secret'],
        ...['--json'],
      ],
      code: 2,
    },
  ],
  [
    'incident note',
    {
      args: [
        ...[file('incidents.jsonl'), '--incident', 'one', '--text', 'asked MARKID-betelgeuse to wait'],
        ...['--accounts', file('venue/accounts.csv')],
      ],
      code: 2,
    },
    {
      args: [
        ...[file('incidents.jsonl'), '--incident', 'one', '--text', 'the books are kept'],
        ...['--file', file('venue/accounts.csv')],
      ],
      code: 0,
    },
  ],
  [
    'incident close',
    { args: [file('incidents.jsonl'), '--incident', 'one', '--text', `see ${ROWS[0]![0]}`], code: 2 },
    { args: [file('incidents.jsonl'), '--incident', 'one', '--text', 'all is well', '--json'], code: 0 },
  ],
  [
    'incident verify',
    { args: [file('incidents.jsonl')], code: 0 },
    { args: [file('venue/accounts.csv'), '--json'], code: 2 },
  ],
  [
    'incident report',
    { args: [file('incidents.jsonl'), '--out', file('incidents.html'), '--json'], code: 0 },
    { args: [file('incidents.jsonl'), '--watch-log', file('venue/accounts.csv')], code: 2 },
  ],
  // No node answers there; the key is read before it is asked.
  [
    'gate deploy',
    {
      args: [
        ...['--epoch', epoch, '--name', 'Example Desk', '--owned', '--requirement', 'maintenance'],
        ...['--instance', 'margin-tiny', '--out', file('gate.json'), ...NO_NODE],
      ],
      code: 2,
    },
  ],
  ['gate accept', { args: [epoch, '--gate', file('risk.json'), ...NO_NODE], code: 2 }],
  ['gate submit', { args: [file('margin-proof.json'), '--gate', file('risk.json'), ...NO_NODE], code: 2 }],
  ['gate status', { args: ['12', '--gate', file('risk.json'), ...NO_NODE.slice(0, 2)], code: 2 }],
  [
    'gate pledge',
    {
      args: [...['12', '--to', '@address', '--until', '1798761600', '--gate', file('risk.json'), ...NO_NODE]],
      code: 2,
    },
  ],
  ['gate release', { args: ['12', '--gate', file('risk.json'), ...NO_NODE], code: 2 }],
  // What it runs on is the repository's own example; that nothing of it is public is a test of its own.
  ['demo', { args: ['--out', file('venue')], code: 2 }],
]

function venue(accounts: string) {
  return {
    accounts: file(`venue/${accounts}`),
    risk: file('venue/risk.json'),
    reserves: file('venue/reserves.json'),
  }
}

function marginArgs({ owner = file('owner.json'), times = '1', out = 'margin-proof.json' }): string[] {
  return [
    ...['--account', file(`${TRADER}.json`), '--owner', owner, '--risk', file('risk.json')],
    ...['--requirement', 'maintenance', '--times', times, '--for', file('for.json'), '--out', file(out)],
  ]
}

/** What may hold what is private, and why. Everything else that the runs leave is searched. */
const PRIVATE: [name: RegExp, why: string][] = [
  [/^venue\//, "the venue's own files"],
  [/^epoch\.private\//, "the venue's own folder"],
  [/^exchange\//, "the exchange's own files"],
  [/^exchange-epoch\.private\//, "the exchange's own folder"],
  [/^owner\.json$/, "the owner's secret, for nobody"],
  [/^venue-key\.json$/, 'the key that the venue signs with'],
  [/^workers\.json$/, 'the key that opens jobs, for workers alone'],
  [/^disclosure\.json$/, 'totals and reserves that the venue shows, to whom it gives the file'],
  [/^shown-page\/index\.html$/, 'the same, in the page that the venue made with the file'],
  [/^opening\.json$/, 'reserves that the venue shows, to whom it gives the file'],
  [/^inclusion\.json$/, 'for its customer alone'],
  [/^inclusion\.jsonl$/, 'for the venue alone'],
  [/^inclusion\//, 'for the venue alone'],
  [/^signed\.json$/, 'a copy of one of these'],
  [/^opened\.json$/, 'for its customer alone'],
  [/^touched\.json$/, 'a copy of that'],
  [/^MARKID-fomalhaut\.json$/, "the trader's inclusion file"],
]

/** Everything that a run has shown or has had in its temporary folder. */
interface Watched extends Run {
  temporary: { name: string; mode: number; bytes: Buffer }[]
}

const tmp = file('tmp')
/** One process for all of them: what it looks into while they run is not held up by them. */
const runner = startRunner({ TMPDIR: tmp })

/** Runs a command, and looks into its temporary folder all the while. */
async function watched(args: string[]): Promise<Watched> {
  const seen = new Map<string, Watched['temporary'][number]>()
  const look = () => {
    for (const name of readdirSync(tmp, { recursive: true, encoding: 'utf8' })) {
      try {
        const { mode, size } = statSync(join(tmp, name))
        const isFolder = (mode & 0o170000) === 0o040000
        seen.set(`${name} ${size}`, {
          name,
          mode,
          bytes: isFolder ? Buffer.alloc(0) : readFileSync(join(tmp, name)),
        })
      } catch {
        // It was gone before it could be looked at.
      }
    }
  }
  const timer = setInterval(look, 3)
  const run = await runner(...args)
  clearInterval(timer)
  look()
  return { ...run, temporary: [...seen.values()] }
}

const outcomes: { command: string; given: Case; run: Watched }[] = []

beforeAll(async () => {
  mkdirSync(tmp)
  mkdirSync(file('venue'))
  const write = (name: string, text: string) => writeFileSync(file(`venue/${name}`), text)
  write('accounts.csv', csv(ROWS))
  write('other.csv', csv(ROWS.toReversed()))
  write('twice.csv', csv([...ROWS, ROWS[2]!]))
  write(
    'broken.csv',
    csv(
      ROWS.map(([id, symbol, quantity]) => [id, symbol, id.endsWith('capella') ? `${quantity}x` : quantity]),
    ),
  )
  write('unread.csv', `${csv(ROWS)}"${ROWS[0]![0]}"${ROWS[0]![2]},x,y\n`)
  write('risk.json', JSON.stringify(RISK))
  const followed = { risk: 'venue/risk.json', reserves: 'venue/reserves.json' }
  writeFileSync(file('watch.json'), JSON.stringify({ schema: 'plimsoll/watch/1', ledger: followed }))
  const reserves = (held: unknown) => JSON.stringify({ schema: 'plimsoll/reserves/1', reserves: held })
  write('reserves.json', reserves(RESERVES))
  write('short.json', reserves({ ...RESERVES, ETH: '82.37565573' }))
  write('passphrase', `${PASSPHRASE}\n`)
  write('channels.csv', `account_id,passphrase\nMARKID-capella,${PASSPHRASE}\n`)
  write('weak.csv', `account_id,passphrase\nMARKID-capella,${PASSPHRASE}\nMARKID-deneb,MARKPASS\n`)
  write('malformed.json', reserves({ ...RESERVES, BTC: `${RESERVES.BTC}5` }))
  writeMarginTable(folder)
  const reader = { name: 'Example Desk', purpose: 'credit line 7' }
  writeFileSync(file('for.json'), JSON.stringify({ schema: 'plimsoll/margin-purpose/1', reader }))

  exchange.write()

  let root = ''
  for (const [command, ...cases] of [...RUNS, ...exchange.runs]) {
    if (command === 'margin prove') {
      root = `${writeMarginAccount(folder, TRADER, readJson(file('owner.json')), HELD).accountsRoot}`
    }
    if (command === 'inclusion dispute') {
      const { file: name } = readFileSync(`${epoch}.private/inclusion-files.jsonl`, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .find(({ account }) => account === 'MARKID-deneb')
      writeFileSync(file('signed.json'), readFileSync(file(`inclusion/${name}`)))
      const inclusion = readJson(file('inclusion.json'))
      inclusion.salt = `${BigInt(inclusion.salt) + 1n}`
      writeFileSync(file('touched.json'), JSON.stringify(inclusion))
    }
    for (const given of cases) {
      const address = () => readJson(file('venue-key.json')).address
      const secret = () => `the secret is ${readJson(file('owner.json')).secret}`
      const filled: Record<string, () => string> = {
        '@root': () => root,
        '@address': address,
        '@secret': secret,
      }
      const args = given.args.map((arg) => filled[arg]?.() ?? arg)
      const run = await watched([...command.split(' '), ...args])
      outcomes.push({ command, given, run })
    }
  }

  const ids = [...new Set(ROWS.map(([id]) => id))]
  keys.push(
    ...epochKeyMarks(readJson(`${epoch}.private/epoch.json`), ids),
    ...epochKeyMarks(readJson(`${exchange.epoch}.private/epoch.json`), exchange.ids),
    numberMark("an owner's secret", BigInt(readJson(file('owner.json')).secret)),
    textMark("the venue's key", readJson(file('venue-key.json')).privateKey),
    textMark('a passphrase', PASSPHRASE),
    numberMark("the trader's salt", BigInt(readJson(file(`${TRADER}.json`)).salt)),
  )
  const amounts = [
    ...ROWS.map(([, symbol, quantity]) => ['a balance', quantity, symbol] as const),
    ...Object.entries(TOTALS).map(([symbol, quantity]) => ['a total', quantity, symbol] as const),
    ...Object.entries(RESERVES).map(([symbol, quantity]) => ['a reserve', quantity, symbol] as const),
  ]
  const index = (symbol: string) => RISK.instruments.findIndex((row) => row.symbol === symbol)
  books.push(
    ...amounts.flatMap(([what, quantity, symbol]) => amountMarks(what, quantity, decimalsOf(symbol))),
    ...ids.flatMap((id) =>
      accountMarks(
        id,
        ROWS.filter((row) => row[0] === id).map(([, symbol, quantity]) => ({
          instrument: index(symbol),
          quantity: parseDecimal(quantity, { decimals: decimalsOf(symbol) }),
        })),
      ),
    ),
    textMark('the mark of all identifiers', 'MARKID'),
    ...HELD.map(([, quantity]) => numberMark('a position', quantity < 0n ? -quantity : quantity)),
    ...(await exchange.marks()),
  )
})

describe('F08, P04: no command leaves what is private where others could see it (privacy.1, privacy.7)', () => {
  test('F08: every run ends as it should: what fails has failed for its own reason', () => {
    const others = outcomes
      .filter(({ given, run }) => run.code !== given.code)
      .map(({ command, given, run }) => [command, given.args, given.code, run.code, run.stderr])
    expect(others).toEqual([])
  })

  test('F08: every command of the command line is tried', () => {
    expect(RUNS.map(([command]) => command).sort()).toEqual(COMMANDS.map(({ name }) => name).sort())
  })

  test('F08: salts, seeds, blinding factors and owner secrets are printed by no command', () => {
    const found = outcomes.flatMap(({ command, given, run }) =>
      marksIn(Buffer.from(run.stdout + run.stderr), keys).map((what) => `${what}: ${command} ${given.code}`),
    )
    expect(found).toEqual([])
  })

  test('F08: identifiers, balances, totals and reserves are printed only where they are the reader’s own, and never as progress or error', () => {
    const found = outcomes.flatMap(({ command, given, run }) => {
      // Paths that the user wrote are repeated; the trader's file is named after the account.
      const said = (text: string) => Buffer.from(text.replaceAll(file(`${TRADER}.json`), ''))
      const shown = given.shows === undefined ? marksIn(said(run.stdout), books) : []
      return [...shown, ...marksIn(said(run.stderr), books)].map(
        (what) => `${what}: ${command} ${given.code}`,
      )
    })
    expect(found).toEqual([])
  })

  test('F07, F08: in the temporary folder nothing private is for others to read, and nothing is left (cli.3, cli.4)', () => {
    const seen = outcomes.flatMap(({ command, run }) => run.temporary.map((each) => ({ command, ...each })))
    expect(seen.length, 'control: something was there').toBeGreaterThan(0)
    for (const { command, name, mode } of seen.filter((each) => !each.name.includes('/'))) {
      expect(mode & 0o077, `${command}: ${name}`).toBe(0)
    }
    const found = seen.flatMap(({ command, name, bytes }) =>
      marksIn(bytes, keys).map((what) => `${what}: ${command}, ${name}`),
    )
    expect(found).toEqual([])
    expect(readdirSync(tmp)).toEqual([])
  })

  test('P04: nothing that the runs leave holds any of it, but what is private by its name', () => {
    const left = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    for (const [name, why] of PRIVATE)
      expect(
        left.some((path) => name.test(path)),
        why,
      ).toBe(true)
    const open = left.filter((path) => !PRIVATE.some(([name]) => name.test(path)))
    for (const path of [
      'epoch/manifest.json',
      'exchange-epoch/solvency.json',
      'exchange-stressed.json',
      'margin-proof.json',
      'pins.json',
      'ratio.json',
      'contracts/LedgerTinyVerifier.sol',
    ]) {
      expect(open).toContain(path)
    }
    const found = open.flatMap((path) =>
      marksIn(readFileSync(file(path)), [...keys, ...books]).map((what) => `${what}: ${path}`),
    )
    expect(found).toEqual([])
    for (const path of [
      'epoch.private/epoch.json',
      'exchange-epoch.private/epoch.json',
      'owner.json',
      'inclusion.json',
      'inclusion.jsonl',
      'opened.json',
      'disclosure.json',
      'opening.json',
    ]) {
      expect(statSync(file(path)).mode & 0o077, path).toBe(0)
    }
  })

  test('P04: nor do the artifacts that proofs were made with, nor the calldata that proofs are sent as', async () => {
    const found: string[] = []
    for (const name of INSTANCES) {
      // Each file is compared with its hash, which was written before there were any books.
      const { directory } = (await loadArtifacts(name, { cacheDir: TEST_CACHE }))!
      expect(readdirSync(directory).sort()).toEqual([
        ...['circuit.r1cs', 'circuit.sym', 'circuit.wasm', 'key.json', 'proving.zkey'],
      ])
      const marks = marksIn(readFileSync(join(directory, 'key.json')), [...keys, ...books])
      found.push(...marks.map((what) => `${what}: ${name}`))
    }
    const abi = parseAbi(['function verify(uint256[8] proof, uint256[] signals)'])
    const proofs = [
      ...[epoch, exchange.epoch].flatMap((of) => [
        ...readdirSync(join(of, 'ledger', '0000')).map((name) => readJson(join(of, 'ledger', '0000', name))),
        readJson(join(of, 'solvency.json')),
      ]),
      readJson(file('margin-proof.json')).proof,
    ]
    expect(proofs.length).toBeGreaterThan(4)
    for (const { proof, signals } of proofs) {
      const args = [proofWords(proof), Object.values<string>(signals).map(BigInt)] as const
      const data = encodeFunctionData({ abi, args })
      for (const form of [Buffer.from(data), Buffer.from(data.slice(2), 'hex')]) {
        found.push(...marksIn(form, [...keys, ...books]).map((what) => `${what}: calldata`))
      }
    }
    expect(found).toEqual([])
  })
})

describe('F08: whoever reads the queue of jobs learns nothing that is private (privacy.1, jobs.2)', () => {
  test('F08: its tables have sealed jobs, and none of the books', async () => {
    const postgres = await Postgres.start()
    const url = await postgres.database('secrets')
    const before = outcomes.find(({ command }) => command === 'worker')!
    const publicKey = /[0-9a-f]{64}/.exec(before.run.stdout)![0]
    const queued = file('queued')
    const { child, ended } = start([
      ...ledgerArgs(
        { accounts: file('venue/accounts.csv'), risk: file('venue/risk.json'), reserves: '' },
        queued,
      ),
      ...['--queue', url, '--workers-key', publicKey, '--json'],
    ])
    const jobs = () => Number(postgres.query(url, 'SELECT count(*) FROM plimsoll.job'))
    // No worker takes any, so all of them stay.
    await until(() => {
      try {
        return jobs() >= BATCHES
      } catch {
        return false
      }
    })
    const tables = Buffer.from(postgres.dump(url))
    child.kill('SIGKILL')
    await ended
    expect(tables.toString(), 'control: jobs are in it').toContain('"instance": "ledger-tiny"')
    const ids = [...new Set(ROWS.map(([id]) => id))]
    const { seed } = readJson(`${queued}.private/epoch.json`)
    const secret = EpochSecret.fromHex(seed)
    const own = [textMark('the seed', seed), ...ids.map((id) => numberMark('a salt', secret.salt(id)))]
    expect(marksIn(tables, [...keys, ...books, ...own])).toEqual([])
    rmSync(queued, { recursive: true })
    rmSync(`${queued}.private`, { recursive: true })
  })
})

describe('F08: a planted leak is found (privacy.1)', () => {
  const forms: [string, (value: bigint, text: string) => string | Buffer][] = [
    ['a decimal', (_, text) => `equity ${text} BTC`],
    ['smallest units', (value) => `{"quantity":"${value}"}`],
    ['hexadecimal', (value) => `0x${value.toString(16).padStart(64, '0')}`],
    ['a word of calldata', (value) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')],
    ['a little-endian word', (value) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()],
    ['base64', (_, text) => Buffer.from(text).toString('base64')],
    ['base64 in the middle of something', (_, text) => Buffer.from(`a${text}bc`).toString('base64')],
    ['base64 near the end of something', (_, text) => Buffer.from(`ab${text}c`).toString('base64')],
  ]
  test.each(forms)('F08: control: as %s', (_, leak) => {
    const noise = Buffer.from('7305418295 73.05418297 1b36f2b0f7 proofs and keys')
    const planted = Buffer.concat([noise, Buffer.from(leak(7_305_418_296n, '73.05418296')), noise])
    expect(marksIn(planted, books)).not.toEqual([])
    expect(marksIn(noise, books)).toEqual([])
  })

  test('F08: control: in a file that is not on the list, in an error and in a temporary file', async () => {
    const planted = file('epoch/planted.json')
    writeFileSync(planted, readFileSync(file('venue/accounts.csv')))
    expect(marksIn(readFileSync(planted), books).length).toBeGreaterThan(10)
    rmSync(planted)
    const own = readFileSync(file('inclusion.json'))
    expect(marksIn(own, keys)).toEqual(['a salt'])
    expect(marksIn(readFileSync(`${epoch}.private/epoch.json`), keys)).toEqual([
      'the seed',
      'the seed, a number',
      'the blind of the last state',
      'the blind of the totals',
      'the blind of the weighted totals',
    ])
    const shown = outcomes.filter(
      ({ given, run }) => given.shows && marksIn(Buffer.from(run.stdout), books).length > 0,
    )
    expect(shown.length, 'what shows the books is seen to show them').toBeGreaterThan(4)
  })

  test('F08: control: an exchange is shown its pledges, loans, shortfalls and its fund, in forms that are looked for (privacy.1)', () => {
    const shown = (command: string) =>
      exchange.runs
        .filter(([of]) => of === command)
        .flatMap(([, ...cases]) => outcomes.filter(({ given }) => given.shows && cases.includes(given)))
        .flatMap(({ run }) => marksIn(Buffer.from(run.stdout), books))
    const both = [
      ...['an identifier', 'the shortfall of one account', 'the shortfalls of all accounts'],
      ...['all that is owed', 'all that is lent'],
    ]
    expect(shown('ledger check')).toEqual(
      expect.arrayContaining([
        ...both,
        ...[
          'a pledge',
          'all that is pledged',
          'the debt above its collateral',
          'worth of what an account has',
        ],
      ]),
    )
    expect(shown('solvency check')).toEqual(
      expect.arrayContaining([
        ...both,
        ...['a reserve', 'an insurance fund', 'the equity of all accounts', 'the loans of all accounts'],
        'the shortfalls of all accounts, cut off',
      ]),
    )
  })
})
