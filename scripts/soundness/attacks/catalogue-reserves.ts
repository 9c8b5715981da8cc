import { type Attack, at } from './attack.js'

const HEADERS = 'test/src/reserves/bitcoin/headers.test.ts'
const OUTPUT = 'test/src/reserves/bitcoin/output.test.ts'
const BITCOIN = 'test/src/reserves/bitcoin/evidence.test.ts'
const COLLECT_BITCOIN = 'test/src/collect/bitcoin.test.ts'
const CONTROL = 'test/src/reserves/control.test.ts'
const IMPORTS = 'test/src/reserves/imports.test.ts'
const COLLECT_EVM = 'test/src/collect/evm.test.ts'
const TOKENS = 'test/src/reserves/evm/tokens.test.ts'
const TRIE = 'test/src/reserves/evm/trie.test.ts'
const CHECK = 'test/src/reserves/check.test.ts'
const MOVEMENTS = 'test/src/reserves/movements.test.ts'
const VENUE = 'test/e2e/reserves.test.ts'

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
    attack: "a customer's transfer for one of the venue, an older one, or one that no block holds",
    expected: 'invalid: a movement goes to the account itself, with its own digest or after the challenge',
    where: [
      at(
        CONTROL,
        'R17: not what a customer sends to an address of the venue, nor an older or another transfer',
      ),
      at(MOVEMENTS, 'R17: one %s is refused'),
      at(MOVEMENTS, 'R17: and so is one with any byte of its proof changed'),
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
  {
    id: 'R21',
    attack: 'a token whose layout lies, and a mapping of Vyper read as one of Solidity',
    expected:
      'found when it is collected, as the contract itself is asked; offline, another order shows nothing',
    where: [at(COLLECT_EVM, 'R21: not by a layout that lies, nor in the other order of a mapping')],
  },
  {
    id: 'R22',
    attack: 'a token whose proxy has turned to a contract with another layout, or that has got other code',
    expected: 'refused: code, target of the proxy and code behind it are those known, at the block',
    where: [
      at(COLLECT_EVM, 'R22: not after its proxy has turned to another contract, or its code is another'),
      at(TOKENS, 'R22: not behind a proxy that has turned elsewhere, nor one that nobody named'),
      at(TOKENS, 'R22: not with other code, its own or that of what it hands calls to, or none'),
    ],
  },
  {
    id: 'R23',
    attack: 'shares of a token whose balances follow a rate, shown as its balance',
    expected: 'never proven, whatever a list of tokens says',
    where: [
      at(TOKENS, 'R23: is none where balances follow a rate'),
      at(TOKENS, 'R23: gives no slot to a token whose balances follow a rate'),
    ],
  },
  {
    id: 'R24',
    attack: 'a balance that its issuer has barred',
    expected: 'told apart from one that can move',
    where: [at(TOKENS, 'R24: with the bar of its issuer apart from the balance')],
  },
  {
    id: 'R25',
    attack: 'any byte of a header or of trie nodes changed, a node left out, a node too many',
    expected: 'refused',
    where: [at(COLLECT_EVM, 'R25: is refused with any byte of it changed, and with any node left out')],
  },
  {
    id: 'R26',
    attack: 'nodes that no trie has, by which a walk could end elsewhere',
    expected: 'refused, as another implementation refuses changed ones',
    where: [
      at(TRIE, 'R26: agrees with another implementation on 1,000 random tries, values and absences'),
      at(TRIE, 'R26: %s'),
      at(TRIE, 'R26: a short node outside its parent'),
    ],
  },
  {
    id: 'R27',
    attack:
      'a node that answers another block, another chain, an empty trie, a huge proof or a node too many',
    expected: 'found when the answer comes; two nodes have to have the same block',
    where: [
      at(COLLECT_EVM, 'R27: with %s'),
      at(COLLECT_EVM, 'R27: %s'),
      at(COLLECT_EVM, 'R27: and so is one that has another block than the second'),
    ],
  },
  {
    id: 'R28',
    attack: 'a contract that passes for a Safe, too few of its owners, or somebody who can pass them by',
    expected:
      'refused: code and singleton are known, different owners are counted; modules and guard are named',
    where: [
      at(COLLECT_EVM, 'R28: of version %s'),
      at(COLLECT_EVM, 'R28: and is no other contract, nor one that hands calls to another'),
      at(COLLECT_EVM, 'R28: and what can move or hinder its funds beside them is named'),
    ],
  },
  {
    id: 'R29',
    attack: 'what lies in a bridge or a stake, and is counted by somebody else as well',
    expected: 'left out, for the accounts that are known',
    where: [at(TOKENS, 'R29: what bridges, stakes and nobody hold is no reserve')],
  },
  {
    id: 'R30',
    attack: 'evidence of another venue, epoch, ledger or moment, or signatures that were made for it',
    expected: 'refused',
    where: [
      at(CHECK, 'R30: evidence of %s is refused'),
      at(CHECK, 'R30: a text that was signed %s shows no control'),
    ],
  },
  {
    id: 'R31',
    attack: 'an account twice or in a second spelling, an amount of one unit more, control of another line',
    expected: 'refused, with the number of the line',
    where: [at(CHECK, 'R31: a line with %s is refused, by its number')],
  },
  {
    id: 'R32',
    attack: 'a block too far from its moment, after the challenge expired, or one to choose from',
    expected: 'refused',
    where: [at(CHECK, 'R32: a block %s is refused')],
  },
  {
    id: 'R33',
    attack: 'one block under the names of two chains, so that what it holds counts twice',
    expected: 'refused',
    where: [at(CHECK, 'R33: one block under the names of two chains is refused')],
  },
  {
    id: 'R34',
    attack: 'reserves of one unit more than the evidence shows',
    expected: 'refused before anything is committed to',
    where: [at(VENUE, 'R34: what is committed to is no more than is shown, and the epoch proves it')],
  },
  {
    id: 'R35',
    attack: 'addresses that nobody has a key for, customers’ accounts, tokens that the venue issued',
    expected: 'count as nothing: the known ones always, the others where the reader names them',
    where: [at(CHECK, 'R35: who holds a key of nobody’s, and what the reader leaves out, counts as nothing')],
  },
  {
    id: 'R36',
    attack: 'an account that two venues show as theirs',
    expected: 'named, where the evidence of both is compared',
    where: [at(CHECK, 'R36: an account that another venue shows too is named, a private one is not')],
  },
]
