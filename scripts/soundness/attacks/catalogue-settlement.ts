import { type Attack, at } from './attack.js'

const WEIGH = 'test/circuits/weigh.test.ts'
const SETTLEMENT = 'test/circuits/settlement.test.ts'
const VERIFY = 'test/src/epoch/settlement.test.ts'
const INTEREST = 'test/src/statements/settlement/interest.test.ts'
const INDICES = 'test/src/epoch/settlement-indices.test.ts'
const DISCLOSURE = 'test/circuits/disclosure.test.ts'

/** Attacks of a venue whose later epoch does not follow from the earlier one. */
export const SETTLEMENT_ATTACKS: readonly Attack[] = [
  {
    id: 'T01',
    attack: 'rows, which have signs and no equities, in the place of the accounts of an epoch',
    expected: 'refused',
    where: [
      at(WEIGH, 'T01: no chain of rows is one of a ledger, and no chunk of rows one of accounts'),
      at(VERIFY, 'T01: a batch of a ledger for a chunk'),
      at(VERIFY, 'T01: a closing proof of another statement'),
    ],
  },
  {
    id: 'T02',
    attack: 'a customer dropped, invented, split into two or merged with another, or passed for no account',
    expected: 'refused; where an account passes for the leaf of none, forged',
    where: [
      at(WEIGH, 'T02: a customer dropped'),
      at(WEIGH, 'T02: a customer invented'),
      at(WEIGH, 'T02: a customer split into two'),
      at(WEIGH, 'T02: two customers merged'),
      at(WEIGH, 'T02: an account that passes for the leaf of none'),
      at(WEIGH, 'T02: an account that passes for a multiple of the leaf of none'),
      at(WEIGH, 'T02: an account and the leaf of none at one place, which are a leaf together'),
    ],
  },
  {
    id: 'T03',
    attack: 'a unit moved from one customer to another, or become another, without a row',
    expected: 'refused; where a place is not bound to its leaf, forged',
    where: [
      at(WEIGH, 'T03: a unit moved from one customer to another'),
      at(WEIGH, 'T03: a unit of one instrument that becomes one of another'),
      at(WEIGH, 'T03: an account without holdings that is scaled to the leaf of another'),
      at(WEIGH, 'T03: slots under a place that is empty'),
      at(WEIGH, 'T03: another account than stands under the root'),
      at(WEIGH, 'T03: bits that are none'),
      at(VERIFY, 'T03: activity of other roots'),
    ],
  },
  {
    id: 'T04',
    attack: 'rows that cancel only across instruments, or across two customers',
    expected: 'refused',
    where: [
      at(WEIGH, 'T04: rows that cancel across instruments'),
      at(WEIGH, 'T04: rows that cancel across customers'),
    ],
  },
  {
    id: 'T05',
    attack: 'a leaf, a batch or a tree left out of the chain, or weighed twice',
    expected: 'refused; forged without the fences, the place or the order of trees',
    where: [
      at(WEIGH, 'T05: a batch that ends with a leaf behind'),
      at(WEIGH, 'T05: a tree that ends with a batch behind'),
      at(WEIGH, 'T05: a tree that ends within a batch'),
      at(WEIGH, 'T05: a batch that ends in part, so that the place behind it is any'),
      at(WEIGH, 'T05: a chunk weighed from a state that is behind it'),
      at(WEIGH, 'T05: a chunk after which the chain stays, to weigh it twice'),
      at(WEIGH, 'T05: a tree that has rows left out'),
      at(WEIGH, 'T05: a tree that is weighed again'),
      at(WEIGH, 'T05: a later tree that is made of three, so that one with rows is left out'),
      at(VERIFY, 'T05: another first state'),
      at(VERIFY, 'T05: a chunk from another chain'),
      at(VERIFY, 'T05: a chunk weighed twice'),
      at(VERIFY, 'T05: a chunk left out'),
    ],
  },
  {
    id: 'T06',
    attack: 'a transcript without one of the roots, whose rows are chosen after the points; two transcripts',
    expected: 'refused; forged where the root is left out',
    where: [
      at(WEIGH, 'T06: states of two transcripts'),
      at(WEIGH, 'T06: a transcript that leaves a root out, so that its rows are chosen after the points'),
      at(VERIFY, 'T06: accounts of another ledger before'),
      at(VERIFY, 'T06: accounts of another ledger after'),
    ],
  },
  {
    id: 'T07',
    attack: 'a last state that opens to another place, or with a sum that is not zero',
    expected: 'refused',
    where: [
      at(SETTLEMENT, 'T07: no state in which something is left, or that comes to anything else'),
      at(SETTLEMENT, 'T07: the sum being zero: a unit of a customer that no row is of'),
      at(SETTLEMENT, 'T07: all trees being weighed: takers and allocations that nobody has looked at'),
      at(SETTLEMENT, 'T07: all places being weighed'),
      at(VERIFY, 'T07: another last state'),
    ],
  },
  {
    id: 'T08',
    attack: 'deposits netted against withdrawals, to hide how much moved',
    expected: 'refused: both are apart in what flows in and out; forged where they are not',
    where: [
      at(SETTLEMENT, 'T08: deposits that are netted against withdrawals'),
      at(SETTLEMENT, 'T08: what goes out standing apart from what comes in'),
      at(VERIFY, 'T08: deposits netted against withdrawals'),
    ],
  },
  {
    id: 'T09',
    attack: 'a loss while the fund has more than dust, or takers paid more than left the fund',
    expected: 'refused',
    where: [
      at(SETTLEMENT, 'T09: takers that get one unit more than left the fund'),
      at(SETTLEMENT, 'T09: closing being at most what left the fund'),
      at(SETTLEMENT, 'T09: allocations without a loss, and a loss while the fund has more than dust'),
      at(SETTLEMENT, 'T09: a loss while the fund has more than dust'),
      at(VERIFY, 'T09: other reserves before'),
      at(VERIFY, 'T09: other reserves after'),
      at(VERIFY, 'T09: more dust, or other marks'),
      at(VERIFY, 'T09: no loss, with rows of one'),
      at(VERIFY, 'T09: a loss that is not told'),
      at(VERIFY, 'T09: a loss without a row of it'),
    ],
  },
  {
    id: 'T10',
    attack: 'interest paid above interest charged; what is socialised without a declared loss',
    expected: 'refused',
    where: [
      at(SETTLEMENT, 'T10: interest and funding that give one unit more than they take'),
      at(SETTLEMENT, 'T10: interest that is paid above what is charged'),
      at(SETTLEMENT, 'T10: interest that is charged, and given to somebody as a trade'),
      at(DISCLOSURE, 'T10: reserves of no commitment are free unless they are shown, as interest shows none'),
      at(INTEREST, 'T10: is provable up to what is charged, and not one unit above'),
      at(INDICES, 'T10: takes interest with its proof, and no other'),
      at(INDICES, 'T10: is told a fall as a loss, and is not told that there is none'),
      at(INDICES, 'T10: is told what gives back a loss; it needs no proof, and is never more than the step'),
    ],
  },
  {
    id: 'T11',
    attack: 'epochs that are not adjacent, in the other order, or of another venue; a settlement replayed',
    expected: 'refused',
    where: [
      at(VERIFY, 'T11: the proof of another pair'),
      at(VERIFY, 'T11: another venue'),
      at(VERIFY, 'T11: another epoch'),
      at(VERIFY, 'T11: another manifest'),
      at(VERIFY, 'T11: another beginning'),
      at(VERIFY, 'T11: epochs that do not follow: reversed, of another venue, or with one between'),
    ],
  },
  {
    id: 'T12',
    attack: 'a customer whose identifier is the point',
    expected: 'no witness; another blind gives another point',
    where: [
      at(WEIGH, 'T12: a customer whose identifier is the point has no sum, and another blind gives another'),
    ],
  },
  {
    id: 'T13',
    attack: 'two settlements of one pair of epochs',
    expected: 'seen by whoever has both: one digest for one history, and the same rows for every target',
    where: [at(VERIFY, 'T13: copies for two targets have the same rows')],
  },
]
