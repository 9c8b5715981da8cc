import { type Attack, at } from './attack.js'

const LEDGER = 'test/circuits/ledger.test.ts'
const LEDGER_STRESS = 'test/circuits/ledger-stress.test.ts'
const LEDGER_TIERS = 'test/circuits/ledger-tiers.test.ts'
const SOLVENCY_TIERS = 'test/circuits/solvency-tiers.test.ts'
const SOLVENCY = 'test/circuits/solvency.test.ts'
const SOLVENCY_STRESS = 'test/circuits/solvency-stress.test.ts'
const LIB = 'test/circuits/lib.test.ts'
const BACKING = 'test/circuits/backing.test.ts'
const DISCLOSURE = 'test/circuits/disclosure.test.ts'
const DISCLOSED = 'test/e2e/disclosure.test.ts'
const MARGIN = 'test/circuits/margin.test.ts'
const ANALYSIS = 'test/soundness/analysis.test.ts'
const MUTANTS = 'test/soundness/mutants.test.ts'
const LINTERS = 'test/soundness/linters.test.ts'
const CIRCUITS = 'test/attacks/circuits.test.ts'
const EPOCH = 'test/e2e/epoch.test.ts'
const STRESS = 'test/e2e/stress.test.ts'
const INCLUSION = 'test/src/inclusion/inclusion.test.ts'

/** Attacks by a prover on what the circuits enforce. */
export const CIRCUIT_ATTACKS: readonly Attack[] = [
  {
    id: 'C01',
    attack: 'a liability of −1, of 2^64, or of 2^64 − 1',
    expected: 'refused, refused, accepted',
    where: [
      at(LEDGER, 'C01: a liability of 2^64, which does not even fit the bits of a slot'),
      at(LEDGER, 'C01, C13: bits that are bits (3 and −1 in place of 1 and 0: the same magnitude)'),
      at(LIB, 'C01: all 0s and all 1s but the sign are accepted, a sign or a 2 is not'),
      at(CIRCUITS, 'C01: a liability of −1 or of 2^64 is refused, one of 2^64 − 1 is accepted'),
    ],
  },
  {
    id: 'C02',
    attack: 'a negative balance that a positive one makes up for, the total unchanged',
    expected: 'refused',
    where: [
      at(LEDGER, 'C02: a negative balance that a positive one makes up for'),
      at(
        CIRCUITS,
        'C02: a negative balance that a positive one makes up for, where only its sign is unchecked',
      ),
      at(LEDGER, 'C02: a long position alone (a debt lowers nothing that anybody looks at)'),
    ],
  },
  {
    id: 'C03',
    attack:
      'totals that overflow: the largest batch of the largest balances; a batch, tree or width beyond its bound',
    expected: 'accepted; does not compile',
    where: [
      at(LEDGER, 'C03: a batch of more than 2^14 slots does not compile'),
      at(LEDGER_STRESS, 'C03: a batch of more slots or scenarios than there is room for does not compile'),
      at(CIRCUITS, 'C03: every slot at its largest is accepted, and its totals are exact'),
    ],
  },
  {
    id: 'C04',
    attack: 'a total stated too low or too high by one',
    expected: 'refused',
    where: [
      at(LEDGER, 'C04, N05: one total too high, another too low by as much'),
      at(SOLVENCY, 'C04: a share of a key being its total'),
    ],
  },
  {
    id: 'C05',
    attack: 'reserves one below what is owed, equal to it, and one above',
    expected: 'refused, accepted, accepted',
    where: [
      at(SOLVENCY, 'C05: reserves one below, at, and one above what is owed'),
      at(SOLVENCY_STRESS, 'C05: shortfalls one below, at, and one above what is over, in each scenario'),
    ],
  },
  {
    id: 'C06',
    attack: 'the verdict of a comparison turned over in the witness',
    expected: 'a constraint fails',
    where: [
      at(
        SOLVENCY,
        'C06: the surplus of an instrument being checked, where others are worth more than it lacks',
      ),
      at(SOLVENCY_STRESS, 'C06: what is held covering the shortfalls of each scenario'),
      at(
        LIB,
        'C06: tells an integer below zero, at both edges of its range, and takes no bit that is not its own',
      ),
    ],
  },
  {
    id: 'C07',
    attack: 'a quotient of another numerator, or by zero',
    expected: 'a constraint fails; a divisor of zero only where the prover could choose the challenge',
    where: [
      at(CIRCUITS, 'C07: a quotient is off by one, or belongs to another numerator'),
      at(
        CIRCUITS,
        'C07: a divisor of zero is forged where the prover chooses the challenge, and the challenge is a hash',
      ),
    ],
  },
  {
    id: 'C08',
    attack: '2^64 moved between neighbouring parts of a packed field, the packed value unchanged',
    expected: 'refused',
    where: [
      at(
        LEDGER,
        'C08: bits that are bits (an instrument traded for 2^65 of another one, same packed value, same leaf)',
      ),
    ],
  },
  {
    id: 'C09',
    attack: 'one account twice, in one batch or in two, or one leaf for two customers',
    expected: 'refused when read; a leaf folded twice is owed twice, and serves one customer alone',
    where: [
      at(CIRCUITS, 'C09: a leaf that is folded twice, in one batch or in two, is owed twice'),
      at(
        'test/src/ledger/wide.test.ts',
        'C09: refuses an account twice, even one that holds nothing, and names both lines',
      ),
      at(
        'test/src/ledger/tidy.test.ts',
        'C09: refuses the same account and instrument twice, also with the same quantity, and names both lines',
      ),
      at(
        INCLUSION,
        'C09, P05: customers with equal balances have distinct leaves, and the file of one is none for the other',
      ),
    ],
  },
  {
    id: 'C10',
    attack: 'a leaf moved, a path of other siblings, bits or length',
    expected: 'refused',
    where: [
      at(LEDGER, 'C10: another place, a bit of it that is not a bit, a path of another tree'),
      at(LEDGER, 'C10: the way through the tree being where the node below is (another batch stands there)'),
      at(LEDGER, 'C10: bits of a place that are bits (a batch at two places stands for the one behind them)'),
      at(INCLUSION, 'C10: with a path cut short, drawn out, or with a level too wide'),
      at(INCLUSION, 'C10: at every other place of its batch and of the accounts tree'),
    ],
  },
  {
    id: 'C11',
    attack: 'a node for a leaf, a leaf for a node, a shorter list for one padded with zeros',
    expected: 'another hash',
    where: [
      at(LEDGER, 'C11: a node is not a leaf, and a shorter list is not a longer one with zeros'),
      at('test/src/hash/hash.test.ts', 'C11: a sponge binds its count: no list is another one with zeros'),
      at(INCLUSION, 'C11: with an inner node for a leaf, at any height'),
    ],
  },
  {
    id: 'C12',
    attack: 'a total that is the largest of the balances where it should be their sum',
    expected: 'refused',
    where: [at(CIRCUITS, 'C12: the largest of the balances in place of their sum')],
  },
  {
    id: 'C13',
    attack: 'another decomposition of x: the bits of x + p',
    expected: 'a constraint fails, and a width that has room for it does not compile',
    where: [
      at(LIB, 'C13: accepts 0 and 2^n − 1, rejects 2^n, −1 and every other way to write the bits'),
      at(CIRCUITS, 'C13: the bits of x + p fit a range one bit too wide, which does not compile'),
      at(SOLVENCY, 'C13: bits that add up to what they decompose'),
    ],
  },
  {
    id: 'C14',
    attack: 'a padding account that holds something',
    expected: 'refused',
    where: [
      at(LEDGER, 'C14: a padding account that carries a balance which the totals leave out'),
      at(LEDGER, "C14: a slot's share being its magnitude's (a padding account holds what no total counts)"),
    ],
  },
  {
    id: 'C15',
    attack: 'a holding in an instrument outside the table',
    expected: 'refused',
    where: [
      at(LEDGER, 'C15: a holding in an instrument outside the table, whatever the totals say'),
      at(CIRCUITS, 'C15: a holding in an instrument outside the table, in no total'),
      at(LEDGER_STRESS, 'C15: a short in an instrument outside the table, which would be worth nothing'),
      at(SOLVENCY, 'C15: a liability beyond the table needs reserves like any, and is worth nothing'),
    ],
  },
  {
    id: 'C16',
    attack: 'an element of the transcript altered after the challenge is fixed',
    expected: 'another challenge, and the old one fails',
    where: [
      at(LEDGER_STRESS, 'C16: each absorbed element, altered, gives other points'),
      at(LEDGER_STRESS, 'C16: points fixed by one ledger do not fit another: batch, table, equities, totals'),
      at(LEDGER_TIERS, 'C16: a spare that no identity looks at is absorbed all the same'),
      at(CIRCUITS, 'C16: %s'),
    ],
  },
  {
    id: 'C17',
    attack: 'the sums solved for the challenge, in a copy whose transcript leaves something out',
    expected: 'forged there, refused here',
    where: [
      at(LEDGER_STRESS, 'C17: transcripts that leave something out are forged'),
      at(LEDGER_TIERS, 'C17: a transcript without the spares is forged'),
      at(
        LIB,
        'C17: is forged: an account below zero shows the equity of another. Weighted totals refuse the same claim',
      ),
      at(
        'test/circuits/margin-comparisons.test.ts',
        'C17: margin refuses what a transcript that leaves something out lets through',
      ),
    ],
  },
  {
    id: 'C18',
    attack: 'a batch dropped, repeated, moved, or put after another state',
    expected: 'refused',
    where: [
      at(LEDGER, 'C18: a count that does not grow by one'),
      at(LEDGER, 'C18: two batches at one place, and a place that is skipped'),
      at(
        LEDGER,
        'C18: each batch standing at the place that its count names (one twice, and the next one never)',
      ),
      at(EPOCH, 'C18: a batch dropped, repeated or moved'),
      at(EPOCH, 'C18: a chain that starts after a batch, with a first state that fits'),
    ],
  },
  {
    id: 'C19',
    attack: 'a price changed for one batch',
    expected: 'refused',
    where: [
      at(
        LEDGER_STRESS,
        'C19: under a table with one value changed, whether or not riskRoot is changed with it',
      ),
      at(EPOCH, 'C19: another mark, another threshold'),
    ],
  },
  {
    id: 'C20',
    attack: 'a signal that the inputs do not determine, in any circuit',
    expected: 'none outside the reviewed list',
    where: [at(ANALYSIS, 'C20: the inputs determine every wire, but for what the list of exceptions says')],
  },
  {
    id: 'C21',
    attack: 'a witness changed by one wire, or along a free dimension, at its edges',
    expected: 'none outside the reviewed list',
    where: [
      at(
        LEDGER,
        'C21: any single wire of the statement: slots, holders, path, digests, sums, blinds, challenge',
      ),
      at(
        ANALYSIS,
        'C21: at the edges of what it takes, no wire of a witness can change alone, and no wires beside the inputs together',
      ),
    ],
  },
  {
    id: 'C22',
    attack: 'a constraint deleted',
    expected: 'noticed, for at least 95 of 100',
    where: [at(MUTANTS, 'C22: %s: without any one check, something gets through that is refused with it')],
  },
  {
    id: 'C23',
    attack: 'constraints, public signals or their order changed unseen',
    expected: 'the snapshot fails',
    where: [
      at(CIRCUITS, 'C23: $name has the constraints, the wires and the public signals that were agreed'),
    ],
  },
  {
    id: 'C24',
    attack: 'what linters of circuits look for',
    expected: 'no finding outside the reviewed list',
    where: [
      at(
        LINTERS,
        'C24: circomspect looks at every template and function and warns of nothing that is not explained',
      ),
      at(LINTERS, 'C24: circom --inspect finds no unconstrained signal that is not explained'),
    ],
  },
  {
    id: 'C25',
    attack: 'the circuit and its plain model at odds on any input',
    expected: 'never, on random and edge cases',
    where: [
      at(LEDGER, 'C25: any random batch exactly when the reference model does'),
      at(LEDGER_STRESS, 'C25: agree with circuits and books on random ledgers, honest and not'),
      at(SOLVENCY_STRESS, 'C25: agrees with its reference model on random books, accepting and rejecting'),
      at(
        'test/circuits/margin-random.test.ts',
        'C25: the circuit takes a random account under a random rule exactly when the plain model says that it meets it',
      ),
    ],
  },
  {
    id: 'C26',
    attack:
      'a requirement that asks for less, a threshold of −1,000,000 and factors of zero, beside the rows of the honest one',
    expected: 'refused: what is asked is under the risk root, and less of it is another root',
    where: [
      at(MARGIN, 'C26: a requirement that asks for less, beside the rows that are under the honest root'),
      at(
        'test/circuits/margin-forgeries.test.ts',
        'C26: an account held to nothing, as that is zero times a requirement',
      ),
    ],
  },
  {
    id: 'C27',
    attack: 'a mark below zero of what customers are owed, so that more is owed and less is missing',
    expected: 'refused; below zero is the mark of a perp or a future alone, and it is in no sum',
    where: [
      at(SOLVENCY, 'C27: a mark of what a customer is owed is zero or more'),
      at(
        SOLVENCY,
        'C27: marks of what is owed being zero or more: at a mark below zero, more is owed and less is missing',
      ),
    ],
  },
  {
    id: 'C28',
    attack: 'accounts at places of the tree that no proof visits',
    expected: 'refused: behind the last batch everything is empty',
    where: [
      at(LEDGER, 'C28: a batch that no proof visits, behind those that are proven'),
      at(SOLVENCY, 'C28: nothing standing behind the last batch'),
    ],
  },
  {
    id: 'C29',
    attack: 'a batch under a transcript of its own in the chain of another',
    expected: 'refused: every state holds the transcript',
    where: [
      at(LEDGER_STRESS, 'C29: left out of the state: the transcript. A batch is proven under one of its own'),
    ],
  },
  {
    id: 'C30',
    attack: 'an account with a debt or a derivative in a plain batch, where nobody computes its equity',
    expected: 'refused',
    where: [
      at(
        LEDGER_STRESS,
        'C30: an account below zero in a plain batch, by a debt or by a derivative, is refused',
      ),
    ],
  },
  {
    id: 'C31',
    attack: 'more accounts below a requirement, or by more, than a policy lets, by one; a flag turned over',
    expected: 'refused',
    where: [
      at(
        SOLVENCY_STRESS,
        'C31: a sum and a number of accounts at their bounds, and one above, in either kind of scenario',
      ),
      at(SOLVENCY_STRESS, 'C31: flags of requirements being those of the risk table'),
    ],
  },
  {
    id: 'C32',
    attack: 'a margin rule shown under other names of limits than the one that was met',
    expected: "refused: the rule's text is under the risk root",
    where: [
      at(
        'test/circuits/margin-forgeries.test.ts',
        'C32: of a rule that calls a limit otherwise, all numbers alike',
      ),
    ],
  },
  {
    id: 'C33',
    attack: 'a derivative judged by the row of the spot instrument of the same count',
    expected: 'refused: the bits that tell a kind are part of the way to a row',
    where: [
      at(
        'test/circuits/margin-rows.test.ts',
        "C33: refuses what is accepted without the bits that tell a kind: a spot instrument's row for a derivative",
      ),
    ],
  },
  {
    id: 'C34',
    attack: 'reserves one unit above what addresses show of an instrument, however much they show of another',
    expected: 'refused',
    where: [
      at(BACKING, 'C34: one unit less than is held, as much, and one more'),
      at(BACKING, 'C34: what is shown being at least what is held'),
    ],
  },
  {
    id: 'C35',
    attack: 'backing of other reserves than those of the solvency proof',
    expected: 'refused',
    where: [
      at(
        BACKING,
        'C35: with scenarios and without, it opens to what a solvency proof has committed to, and to nothing else',
      ),
      at(BACKING, 'C35: reserves being the committed ones'),
    ],
  },
  {
    id: 'C36',
    attack: 'a backing proof beside other evidence that comes to the same amounts, or of another epoch',
    expected: 'refused',
    where: [at(BACKING, 'C36: a proof is for one epoch, one ledger and one folder of evidence')],
  },
  {
    id: 'C37',
    attack: 'a ratio or an amount of a disclosure that is changed by one unit, left out or put in',
    expected: 'refused',
    where: [
      at(DISCLOSURE, 'C37: of each instrument the highest ratio holds, and one unit more does not'),
      at(DISCLOSURE, 'C37: the ratio at mark holds, and one unit more does not'),
      at(DISCLOSURE, 'C37: a ratio of an instrument'),
      at(DISCLOSURE, 'C37: the ratio at mark'),
      at(
        DISCLOSED,
        'C37: any number that is changed, however little, any that is left out, and any that is put in',
      ),
    ],
  },
  {
    id: 'C38',
    attack: 'a disclosure of other totals or reserves than those of the solvency proof, or of another epoch',
    expected: 'refused',
    where: [
      at(
        DISCLOSURE,
        'C38: totals and reserves open to what a solvency proof has committed to, and to nothing else',
      ),
      at(DISCLOSURE, 'C38: totals being those of the first state'),
      at(DISCLOSURE, 'C38: reserves being the committed ones'),
      at(
        DISCLOSED,
        'C38: beside another epoch, or with the other epoch’s names written in, it does not hold',
      ),
    ],
  },
  {
    id: 'C39',
    attack: 'a disclosure whose proof is that of another one, or of another manifest',
    expected: 'refused',
    where: [
      at(DISCLOSURE, 'C39: a proof is for one manifest'),
      at(DISCLOSED, 'C39: signals that are the epoch’s, over a proof that is not'),
    ],
  },
  {
    id: 'N01',
    attack: 'a surplus in one instrument, or equity in an illiquid one, offered for a debt in another',
    expected: 'refused',
    where: [
      at(SOLVENCY, 'N01: a surplus in one instrument does not cover another'),
      at(
        SOLVENCY_STRESS,
        'N01: when it accepts, every account can be paid what it is worth at any prices between long and short values',
      ),
    ],
  },
  {
    id: 'N02',
    attack: 'an account below zero hidden behind one above',
    expected: 'refused',
    where: [at(LEDGER_STRESS, "N02: an account's shortfall hidden behind another account's equity")],
  },
  {
    id: 'N05',
    attack: 'amounts moved between instruments so that a linear sum stays',
    expected: 'refused',
    where: [at(LEDGER, 'C04, N05: one total too high, another too low by as much')],
  },
  {
    id: 'N06',
    attack: 'an identifier and the same plus the order, or two that pack alike',
    expected: 'distinct, or refused',
    where: [
      at('test/src/hash/hash.test.ts', 'N06: identifiers that look alike when packed have different digests'),
      at(INCLUSION, 'N06: with a second spelling of a number or of an identifier'),
    ],
  },
  {
    id: 'N10',
    attack: 'a public signal that no rule reads, which a compiler could drop',
    expected: 'bound like any other',
    where: [at(MARGIN, 'V10, N10: a context is part of the statement, and no other fits the witness')],
  },
  {
    id: 'N13',
    attack: 'scenarios exchanged, renamed, left out or made up',
    expected: 'refused',
    where: [
      at(LEDGER_STRESS, 'N13: two scenarios with their columns exchanged'),
      at(STRESS, 'N13: a scenario under another name'),
      at(STRESS, 'N13: a scenario that was never proven'),
    ],
  },
  {
    id: 'N15',
    attack: "a margin proof with another owner's account",
    expected: 'refused',
    where: [at('test/circuits/margin-forgeries.test.ts', 'N15: the account')],
  },
  {
    id: 'N19',
    attack: 'a group or a line of a margin rule split in two, or taken elsewhere',
    expected: 'refused',
    where: [
      at(
        'test/circuits/margin-comparisons.test.ts',
        'N19: margin refuses what is accepted where a comparison is left out:',
      ),
    ],
  },
  {
    id: 'N22',
    attack: 'more of a pledge counted in a tier than is its width, or in one tier twice',
    expected: 'refused',
    where: [at(LEDGER_TIERS, 'N22: a tier overfilled'), at(LEDGER_TIERS, 'N22: a tier used twice')],
  },
  {
    id: 'N23',
    attack: 'the tiers of another asset, or a width of its own in one batch',
    expected: 'refused',
    where: [at(LEDGER_TIERS, 'N23: the table of widths')],
  },
  {
    id: 'N24',
    attack: 'what is owed hidden in a tier, or a debt of one unit above what the collateral counts for',
    expected: 'refused',
    where: [
      at(
        SOLVENCY_TIERS,
        'N24: hides nothing in a tier: with the rows apart, the base row alone would be covered',
      ),
      at(SOLVENCY_TIERS, 'N24: leaves nobody short by a single unit; left out, it would'),
    ],
  },
]
