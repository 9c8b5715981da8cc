import { type Attack, at } from './attack.js'

const FORGERIES = 'test/circuits/liquidation-forgeries.test.ts'
const LIQUIDATION = 'test/circuits/liquidation.test.ts'
const GATE_SOL = 'test/contracts/LiquidationGate.t.sol'

/** Attacks of a venue that liquidates who was not short, or takes more than its policy lets. */
export const LIQUIDATION_ATTACKS: readonly Attack[] = [
  {
    id: 'L01',
    attack: 'an account that exactly meets its requirement, is above it, or short by less than the dead band',
    expected: 'refused; liquidated by a copy that rounds as margin does',
    where: [
      at(FORGERIES, 'L01: an account that exactly meets its requirement'),
      at(FORGERIES, 'L01: one unit above'),
      at(FORGERIES, 'L01: short by less than the dead band'),
      at(FORGERIES, 'L01: one unit above is refused with the numbers of margin as well'),
    ],
  },
  {
    id: 'L02',
    attack: 'a slot of value left out, or other than the leaf says',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L02: cash that is other than the leaf says'),
      at(FORGERIES, 'L02: a slot of value left out'),
    ],
  },
  {
    id: 'L03',
    attack: 'a scenario that is not the worst',
    expected: 'accepted where the account is short in it too, else refused',
    where: [
      at(
        FORGERIES,
        'L03: a scenario that is not the worst shows an account that is far below, and none that is just below',
      ),
    ],
  },
  {
    id: 'L04',
    attack: 'a line of another instrument than is held, or lines picked twice in one exposure',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L04: a line of an instrument that is not held'),
      at(FORGERIES, 'L04: two lines of one exposure'),
      at(FORGERIES, 'L04: one line twice over'),
    ],
  },
  {
    id: 'L05',
    attack: 'the dearer branch of a choice, a line of the other branch, or a choice taken elsewhere',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L05: the dearer branch of a choice'),
      at(FORGERIES, 'L05: a line that counts in the other branch'),
      at(FORGERIES, 'L05: a choice that is taken elsewhere'),
    ],
  },
  {
    id: 'L06',
    attack: 'a gain counted as a loss; the other sign of nothing',
    expected: 'refused; accepted, as it says nothing',
    where: [
      at(FORGERIES, 'L06: a gain counted as a loss'),
      at(FORGERIES, 'L06: the sign of a group that neither gains nor loses says nothing'),
    ],
  },
  {
    id: 'L07',
    attack: 'the requirement of another rule, or rows of another table',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L07: the requirement of another rule'),
      at(FORGERIES, 'L07: the rows of another table'),
    ],
  },
  {
    id: 'L08',
    attack: 'a position that grows, changes its side, opens, or moves as another; two slots of cash',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L08: a position that grows'),
      at(FORGERIES, 'L08: a short position that grows'),
      at(FORGERIES, 'L08: a position that changes its side'),
      at(FORGERIES, 'L08: an instrument that was not held'),
      at(FORGERIES, 'L08: a position that moves as another'),
      at(FORGERIES, 'L08: two slots of cash'),
    ],
  },
  {
    id: 'L09',
    attack: 'more closed than restores, by a unit of value beyond overshoot',
    expected: 'refused',
    where: [
      at(LIQUIDATION, 'L09: as far beyond the target as overshoot goes, and not a unit of value further'),
      at(FORGERIES, 'L09: more than restores, by overshoot'),
    ],
  },
  {
    id: 'L10',
    attack: 'a loss above the penalty, above what the account had, or of an account that had nothing',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L10: a penalty one unit above'),
      at(FORGERIES, 'L10: a penalty beyond what there is'),
      at(FORGERIES, 'L10: a bankrupt account that loses more'),
    ],
  },
  {
    id: 'L11',
    attack: 'a perp valued at its mark in what the account loses',
    expected: 'refused',
    where: [at(FORGERIES, 'L11: a perp at its mark in what is lost')],
  },
  {
    id: 'L12',
    attack: 'a movement of another account or owner',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L12: a movement of another account'),
      at(FORGERIES, 'L12: a movement of another owner'),
    ],
  },
  {
    id: 'L13',
    attack: 'one leaf liquidated twice, under another salt of the movement',
    expected: 'the same nullifier, and no other is accepted',
    where: [
      at(
        LIQUIDATION,
        'L13: a leaf has one nullifier, whatever moves and under whatever salt; another leaf has another',
      ),
      at(FORGERIES, 'L13: a nullifier of another leaf'),
    ],
  },
  {
    id: 'L14',
    attack: 'a takeover above the backstop, by a bit that is none, or that leaves something open',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L14: a takeover above the backstop'),
      at(FORGERIES, 'L14: a takeover that is neither'),
      at(FORGERIES, 'L14: a takeover that leaves something open'),
    ],
  },
  {
    id: 'L15',
    attack: 'the policy of another venue, or another penalty than the policy has',
    expected: 'refused',
    where: [
      at(FORGERIES, 'L15: a policy of another venue'),
      at(FORGERIES, 'L15: another penalty than the policy has'),
    ],
  },
  {
    id: 'L16',
    attack: 'a threshold below zero, which a multiple loosens',
    expected: 'refused',
    where: [at(FORGERIES, 'L16: a threshold below zero, which a multiple loosens')],
  },
  {
    id: 'L17',
    attack: 'multiples and magnitudes at the edges of their widths, and beyond',
    expected: 'accepted, refused',
    where: [
      at(
        LIQUIDATION,
        'L17: magnitudes and multiples at the edges of their widths are taken, and beyond refused',
      ),
      at(FORGERIES, 'L17: a trigger above one'),
      at(FORGERIES, 'L17: a backstop above one'),
      at(FORGERIES, 'L17: a target beyond its width'),
      at(FORGERIES, 'L17: cash beyond its width'),
    ],
  },
  {
    id: 'L18',
    attack: 'a slot beyond those that are opened, which carries something',
    expected: 'refused',
    where: [at(FORGERIES, 'L18: a slot beyond those that are opened')],
  },
  {
    id: 'L19',
    attack: 'a proof for another venue, epoch, chain or contract',
    expected: 'refused',
    where: [at(FORGERIES, 'L19: a proof is for one venue, epoch, chain and contract')],
  },
  {
    id: 'L20',
    attack: 'a margin proof and a liquidation proof of one leaf and one requirement',
    expected: 'never both',
    where: [
      at(LIQUIDATION, 'L20: the requirement is the one that margin is proven against, and the leaf the same'),
      at(
        LIQUIDATION,
        'L20: random rules, accounts and liquidations, of which none is also provable by margin',
      ),
    ],
  },
  {
    id: 'L21',
    attack: 'a customer who brings a proof of the own leaf, of another movement, before the venue does',
    expected: 'refused at a gate',
    where: [at(GATE_SOL, 'test_L21_aCustomersOwnProofSpendsNoLeaf')],
  },
]
