import { type Attack, at } from './attack.js'

const CIRCUITS = 'test/attacks/circuits.test.ts'
const PRIVACY = 'test/attacks/privacy.test.ts'
const SECRETS = 'test/attacks/secrets.test.ts'
const EPOCH = 'test/e2e/epoch.test.ts'
const INCLUSION_E2E = 'test/e2e/inclusion.test.ts'
const INCLUSION = 'test/src/inclusion/inclusion.test.ts'
const PLAN = 'test/src/venue/plan-ledger.test.ts'

/** Attacks on what has to stay private. */
export const PRIVACY_ATTACKS: readonly Attack[] = [
  {
    id: 'P01',
    attack: 'a dictionary of balances and identifiers against what is published',
    expected: 'no hit; without salt it is cracked',
    where: [
      at(PRIVACY, 'P01: hits nothing that is published, nor anything in the file of one customer'),
      at(PRIVACY, 'P01: control: without salts it finds every account and its exact balance'),
      at(
        PRIVACY,
        'P01: control: it is the salt alone that keeps the leaf beside the own one from being cracked',
      ),
    ],
  },
  {
    id: 'P02',
    attack: 'one customer in two epochs',
    expected: 'cannot be linked',
    where: [
      at(INCLUSION, 'P02: the same customer in two epochs has another leaf, salt and path'),
      at(
        PLAN,
        'P02: derives the same from the same seed, and nothing twice: not across accounts, uses, or epochs',
      ),
      at(EPOCH, 'P02: the same books in another epoch share no state, no root, no commitment'),
    ],
  },
  {
    id: 'P03',
    attack: 'an inclusion file searched for the balances of others',
    expected: 'nothing of them',
    where: [
      at(
        INCLUSION,
        'P03: tells nothing of another account: no id, salt, slot or leaf that its own balance could open',
      ),
    ],
  },
  {
    id: 'P04',
    attack: 'what is public, and calldata, searched for balances, salts and identifiers in every form',
    expected: 'none',
    where: [
      at(SECRETS, 'P04: nothing that the runs leave holds any of it, but what is private by its name'),
      at(
        SECRETS,
        'P04: nor do the artifacts that proofs were made with, nor the calldata that proofs are sent as',
      ),
      at(
        EPOCH,
        'P04: no balance, total, reserve, identifier or seed is in the public folder or in what is printed',
      ),
      at(
        INCLUSION_E2E,
        'P04: nothing that was printed holds a secret, a salt, a seed, or the balance of anyone but the customer who asked',
      ),
    ],
  },
  {
    id: 'P05',
    attack: 'two customers with equal balances',
    expected: 'distinct leaves; a shared one is noticed',
    where: [
      at(
        INCLUSION,
        'C09, P05: customers with equal balances have distinct leaves, and the file of one is none for the other',
      ),
      at(INCLUSION_E2E, 'P05: is not content with the file of another'),
    ],
  },
  {
    id: 'P06',
    attack: 'a customer left out',
    expected: 'is told so, as for a wrong salt',
    where: [
      at(
        INCLUSION,
        'P06: a wrong salt, a wrong quantity and an omitted customer get one and the same answer',
      ),
      at(
        INCLUSION_E2E,
        'P06: is told NOT INCLUDED, the same for a wrong salt, a wrong quantity and an account that is not there',
      ),
    ],
  },
  {
    id: 'P07',
    attack: 'a verification without a network',
    expected: 'works, and nothing tries to connect',
    where: [
      at(PRIVACY, 'P07: control: what reaches for the network there fails and is noted'),
      at(PRIVACY, 'P07: an epoch and an inclusion file verify offline, and nothing tries to connect'),
    ],
  },
  {
    id: 'P08',
    attack: 'the number of accounts read off what is public',
    expected: 'only its size class',
    where: [
      at(
        PRIVACY,
        'P08: makes no difference within a size class, and one account more than it holds is the next',
      ),
      at(
        PLAN,
        'P08: hides which members of a batch are padding: every member stays, at a place that the seed decides',
      ),
    ],
  },
  {
    id: 'P09',
    attack: 'margin proofs at many price points',
    expected: 'leak what is documented',
    where: { waitsFor: 'a limit on how often a gate takes a proof of one handle' },
  },
  {
    id: 'P10',
    attack: 'no source of randomness',
    expected: 'refuses to prove',
    where: [at(PRIVACY, 'P10: with %s nothing is proven')],
  },
  {
    id: 'P11',
    attack: 'the private folder with every salt is destroyed',
    expected: 'no other leaf can be opened, the root still verifies',
    where: [
      at(
        PRIVACY,
        'P11: once the private folder is gone nobody opens a leaf but who has its file, and the epoch verifies',
      ),
    ],
  },
  {
    id: 'P12',
    attack: 'one leaf shown to two customers, by a venue that chooses the identifiers',
    expected: 'a customer who names their own secret is told; the others are told that it was not checked',
    where: [
      at(
        'test/e2e/inclusion.test.ts',
        'P12: names their own secret, and is not content with a leaf that could be shown to another',
      ),
    ],
  },
  {
    id: 'N07',
    attack: 'totals, reserves or a holder guessed behind a commitment',
    expected: 'no hit; with the blind known they are found',
    where: [
      at(
        CIRCUITS,
        'N07: totals and reserves are guessed behind a commitment whose blind is known, and behind no other',
      ),
    ],
  },
  {
    id: 'N20',
    attack: 'another root for every customer',
    expected: 'refused',
    where: { waitsFor: 'a registry that every customer reads' },
  },
]
