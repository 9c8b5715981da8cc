import { type Attack, at } from './attack.js'

const HEADERS = 'test/src/reserves/bitcoin/headers.test.ts'
const OUTPUT = 'test/src/reserves/bitcoin/output.test.ts'
const BITCOIN = 'test/src/reserves/bitcoin/evidence.test.ts'
const COLLECT_BITCOIN = 'test/src/collect/bitcoin.test.ts'

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
]
