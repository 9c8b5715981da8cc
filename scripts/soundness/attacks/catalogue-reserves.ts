import { type Attack, at } from './attack.js'

const HEADERS = 'test/src/reserves/bitcoin/headers.test.ts'
const OUTPUT = 'test/src/reserves/bitcoin/output.test.ts'
const BITCOIN = 'test/src/reserves/bitcoin/evidence.test.ts'
const COLLECT_BITCOIN = 'test/src/collect/bitcoin.test.ts'
const CONTROL = 'test/src/reserves/control.test.ts'
const IMPORTS = 'test/src/reserves/imports.test.ts'

/** Attacks of a venue, or of a node that it asks, on evidence of reserves. */
export const RESERVE_ATTACKS: readonly Attack[] = [
  {
    id: 'R01',
    attack: 'an output of Bitcoin that stands there twice',
    expected: 'refused: outputs rise, line by line, by their transactions and numbers',
    where: [
      at(BITCOIN, 'R01: an output that stands there twice'),
      at(BITCOIN, 'R01: outputs that do not rise'),
      at(BITCOIN, 'R01: two outputs of one transaction count each once, in the order of their numbers'),
    ],
  },
  {
    id: 'R02',
    attack: 'an output that pays a miner and that nobody can spend yet',
    expected: 'refused until a hundred blocks have passed',
    where: [at(BITCOIN, 'R02: what pays a miner and cannot be spent yet')],
  },
  {
    id: 'R03',
    attack: 'one address of Bitcoin in two spellings, or of another network',
    expected: 'refused: an account has one spelling, and its network is part of it',
    where: [at(BITCOIN, 'R03: an address in capitals'), at(BITCOIN, 'R03: the address of another network')],
  },
  {
    id: 'R04',
    attack: 'headers of a chain that starts with a block of the venue',
    expected: "refused: the first header is the network's first block or a checkpoint of the reader",
    where: [
      at(BITCOIN, 'R04: that start with another block'),
      at(BITCOIN, 'R04: of a chain that was mined for the day'),
    ],
  },
  {
    id: 'R05',
    attack: 'headers that link and meet their targets, of a chain that took little work',
    expected: 'refused: a network has no less work than it had long ago',
    where: [
      at(
        HEADERS,
        'R05: a chain that starts with another block, or has less work than the network had, is refused',
      ),
    ],
  },
  {
    id: 'R06',
    attack: 'a transaction at the place of its copy in an odd tree (CVE-2012-2459)',
    expected: 'refused: it has one place',
    where: [
      at(OUTPUT, 'R06: of a block with three transactions the third one counts at its own place alone'),
    ],
  },
  {
    id: 'R07',
    attack: 'a transaction of 64 bytes for a node of the tree, or a node for a transaction (CVE-2017-12842)',
    expected: 'refused, both ways',
    where: [
      at(
        OUTPUT,
        'R07: a transaction of 64 bytes, whose half could be the hash of one that never was, is no node',
      ),
      at(OUTPUT, 'R07: a node that is shown as a transaction is refused by its length'),
    ],
  },
  {
    id: 'R08',
    attack: "a node of Bitcoin's that is on another chain",
    expected: 'found: two nodes have to agree on the blocks',
    where: [at(COLLECT_BITCOIN, 'R08: two nodes with different blocks are no evidence')],
  },
  {
    id: 'R09',
    attack: 'a node that answers with headers, transactions, branches or outputs of something else',
    expected: 'found when the answer comes',
    where: [at(COLLECT_BITCOIN, 'R09: %s is found at once')],
  },
  {
    id: 'R10',
    attack:
      'a signature over another text: of another venue, epoch, challenge, use or account, or a fixed one',
    expected: 'invalid: a signature counts over the one text of its account',
    where: [
      at(CONTROL, 'R10: %s over any other text is invalid'),
      at(IMPORTS, 'R10: a signature over another text'),
    ],
  },
  {
    id: 'R11',
    attack: 'a signature of somebody else over the text of an account',
    expected: 'invalid: the address follows from the key that signed',
    where: [
      at(
        CONTROL,
        'R11: a signature of one account is none of another, also where the other signed it itself',
      ),
    ],
  },
  {
    id: 'R12',
    attack:
      'another form of a signature: the other s, a byte of another convention, loose DER, a key of small order, part of the transaction',
    expected: 'invalid: a signature has one form',
    where: [
      at(CONTROL, 'R12: EVM and Tron: 27 or 28, the lower s, 65 bytes'),
      at(CONTROL, 'R12: Bitcoin messages: a first byte from 27 to 42 that fits the address, and the lower s'),
      at(CONTROL, 'R12: ed25519: keys for which anyone can sign are refused'),
      at(CONTROL, 'R12: BIP-322: strict DER, the lower s, the whole transaction, nothing besides'),
    ],
  },
  {
    id: 'R13',
    attack: 'one signature for two keys of a multisig, or for two owners of a contract wallet',
    expected: 'invalid: different keys are counted',
    where: [
      at(CONTROL, 'R13: one signature twice, or two of one key, count once'),
      at(CONTROL, 'R13: BIP-322: one signature in two places, in another order, or too few'),
      at(CONTROL, 'R13: a contract wallet: different owners, and nothing without the proof of who they are'),
      at(IMPORTS, 'R13: one signature for two keys of a multisig'),
    ],
  },
  {
    id: 'R14',
    attack: 'a contract, shown by a signature of somebody who is not its owner',
    expected: 'invalid, or inconclusive where the list names the signer; what a node says of it is observed',
    where: [
      at(CONTROL, 'R14: what a contract says is observed, not proven'),
      at(IMPORTS, 'R14: a contract whose signers are named beside it: nothing ties them to it'),
    ],
  },
  {
    id: 'R15',
    attack: 'a script that the verifier does not understand, or a lock that has not passed',
    expected: 'inconclusive, and never counted',
    where: [
      at(CONTROL, 'R15: a lock on time is reported, and counts when it has passed'),
      at(CONTROL, 'R15: a lock on age is reported, and counts when every coin is old enough'),
      at(CONTROL, 'R15: a script that is not one of keys, a version of tomorrow, a Taproot script'),
    ],
  },
  {
    id: 'R16',
    attack:
      'a proof of funds with an output twice, a richer transaction before it, or amounts that nothing signs',
    expected: 'invalid',
    where: [
      at(
        CONTROL,
        'R16: another key, an output twice, and another transaction than the one named are refused',
      ),
    ],
  },
  {
    id: 'R17',
    attack: "a customer's transfer for one of the venue",
    expected: 'invalid: a movement goes to the account itself, after the challenge',
    where: [
      at(
        CONTROL,
        'R17: not what a customer sends to an address of the venue, nor an older or another transfer',
      ),
    ],
  },
  {
    id: 'R18',
    attack: 'a list whose one fixed text was signed years ago',
    expected: 'read, and called stale: only a text with account and challenge is current',
    where: [
      at(IMPORTS, 'R18: OKX: each chain of digests, in rows of 11 columns below the totals of coins'),
      at(IMPORTS, 'R18: a plain list of our own names accounts, and a text with a challenge is current'),
    ],
  },
  {
    id: 'R19',
    attack: 'a public key beside an address that is not its own',
    expected: 'invalid, or inconclusive where the address is not derived from keys here',
    where: [at(IMPORTS, 'R19: a key in the file whose address is another one')],
  },
  {
    id: 'R20',
    attack: 'a balance that stands in a list twice, or under two spellings of an account',
    expected: 'counted once, and said',
    where: [at(IMPORTS, 'R20: a balance that a list says twice counts once, in any spelling of the account')],
  },
]
