import { type Attack, at } from './attack.js'

const LOCK = 'test/src/files/lock.test.ts'
const FILES = 'test/attacks/files.test.ts'
const SECRETS = 'test/attacks/secrets.test.ts'
const EPOCH = 'test/e2e/epoch.test.ts'
const INCLUSION_E2E = 'test/e2e/inclusion.test.ts'
const JSON_TEST = 'test/src/files/json.test.ts'
const WRITE = 'test/src/files/write.test.ts'

/** Attacks by way of files, the command line and the package. */
export const FILE_ATTACKS: readonly Attack[] = [
  {
    id: 'F01',
    attack: 'amounts that are no canonical decimals',
    expected: 'a typed error, exit 2',
    where: [
      at(FILES, 'F01: in %s'),
      at('test/src/ledger/tidy.test.ts', 'F01: refuses the quantity "%s" at its line and never repeats it'),
      at(EPOCH, 'F01: malformed input files name file, line and field, exit 2'),
    ],
  },
  {
    id: 'F02',
    attack: 'JSON and CSV with prototype keys, duplicates, deep nesting, odd bytes',
    expected: 'a typed error, and no prototype changes',
    where: [
      at(
        FILES,
        'F02: identifiers and symbols such as __proto__ and constructor are text like any other, and no prototype changes',
      ),
      at(
        FILES,
        'F02: a key that reaches for the prototype is refused, and an inherited name is no instrument',
      ),
      at(
        FILES,
        'F02: identifiers that look alike are not one: other scripts are kept apart, other spellings refused',
      ),
      at(JSON_TEST, 'F02: refuses a key given twice, however it is spelt, and says where'),
      at(JSON_TEST, 'F02: refuses the key __proto__, however it is spelt'),
      at(JSON_TEST, 'F02: refuses nesting deeper than 64, without overflowing the stack on a bomb'),
      at('test/src/ledger/csv.test.ts', 'F02: the CSV reader refuses, at the line'),
    ],
  },
  {
    id: 'F03',
    attack: 'identifiers that a spreadsheet would run',
    expected: 'neutralised',
    where: { waitsFor: 'a command that writes identifiers into CSV' },
  },
  {
    id: 'F04',
    attack: 'output paths that climb, are links, devices or there already, or cannot be written',
    expected: 'refused, no partial file',
    where: [
      at(FILES, 'F04: a pipe or a device is not replaced by a file'),
      at(FILES, 'F04: a file that grows past a limit of the system leaves the old content and nothing else'),
      at(FILES, 'F04: results on a full disk are no success'),
      at(FILES, 'F04: an epoch at %s, where no folder can be made, is refused and does not hang'),
      at(
        FILES,
        'F04: folders that were made for work that failed are gone again, those that were there or hold something are not',
      ),
      at(
        FILES,
        'F04: a way out of a folder through .. or a link is where it leads to, not what it looks like',
      ),
      at(WRITE, 'F04: refuses a symbolic link at the target and touches neither end'),
      at(WRITE, 'F04: leaves no temporary file behind when it fails'),
    ],
  },
  {
    id: 'F05',
    attack: 'every artifact changed, cut short, or of a newer version',
    expected: 'exit 3',
    where: [
      at(FILES, 'F05: a key with a flipped byte or of a newer version makes nothing, exit 3'),
      at('test/src/proving/artifacts.test.ts', 'V04, F05: an altered file is refused before it is used'),
    ],
  },
  {
    id: 'F06',
    attack: 'killed at each stage and run again',
    expected: 'the same chain; what was finished is verified and kept',
    where: [
      at(
        FILES,
        'F06: ledger prove comes to one chain: salts are drawn once, finished proofs are kept, no account is counted twice',
      ),
      at(FILES, 'F06: solvency prove is complete or not there, and verifies in the end'),
      at(EPOCH, 'F06: kill -9 in the middle; run again, finished batches are kept and the chain is complete'),
    ],
  },
  {
    id: 'F07',
    attack: 'permissions and leftovers of private files after success, error and a signal',
    expected: '0600 and 0700, nothing left',
    where: [
      at(
        FILES,
        'F07: a signal in the middle: no lock, nothing temporary, private files for their owner alone',
      ),
      at(FILES, 'F07: a run that is refused leaves no folder that it made'),
      at(EPOCH, 'F07: the private folder is for its owner alone, and nothing temporary is left'),
      at(
        SECRETS,
        'F07, F08: in the temporary folder nothing private is for others to read, and nothing is left',
      ),
    ],
  },
  {
    id: 'F08',
    attack: 'secrets in output, logs, errors and temporary files of every command',
    expected: 'none; a planted one is found',
    where: [
      at(SECRETS, 'F08: every command of the command line is tried'),
      at(SECRETS, 'F08: salts, seeds, blinding factors and owner secrets are printed by no command'),
      at(
        SECRETS,
        'F08: identifiers, balances, totals and reserves are printed only where they are the reader’s own, and never as progress or error',
      ),
      at(
        SECRETS,
        'F07, F08: in the temporary folder nothing private is for others to read, and nothing is left',
      ),
      at(SECRETS, 'F08: control: as %s'),
      at(SECRETS, 'F08: control: in a file that is not on the list, in an error and in a temporary file'),
    ],
  },
  {
    id: 'F09',
    attack: 'a proof bundle of another root, epoch or key that is consistent in itself',
    expected: 'invalid',
    where: [
      at(
        INCLUSION_E2E,
        'F09: does not trust a key that is not pinned, nor a development key with --production, exit 3',
      ),
      at(INCLUSION_E2E, 'F09: is told CANNOT TELL when the epoch is not valid, however right the file is'),
    ],
  },
  {
    id: 'F10',
    attack: 'huge headers, lines, numbers and files',
    expected: 'bounded memory, an error',
    where: [
      at(FILES, 'F10: a proof of a gigabyte is refused by its size, before it is read'),
      at(
        FILES,
        'F10: an accounts file of ten gigabytes of nothing ends at its first line, in bounded memory',
      ),
      at(FILES, 'F10: a header of a hundred thousand columns is refused by its line'),
      at(JSON_TEST, 'F10: are refused above the size limit, before they are read'),
      at(
        'test/src/ledger/csv.test.ts',
        'F10: a line of more than a mebibyte without an end, before it fills the memory',
      ),
    ],
  },
  {
    id: 'F11',
    attack: 'a package that was changed after it was locked',
    expected: 'npm refuses it',
    where: [
      at(
        FILES,
        'F11: each, for whatever platform, is one version with its SHA-512, so that npm refuses it when a byte of it changed',
      ),
      at(FILES, 'F11: control: %s is found'),
    ],
  },
  {
    id: 'F12',
    attack: 'two processes on one folder, one file, one key',
    expected: 'one is refused, or both come to one result',
    where: [
      at(EPOCH, 'F12: a second process on the same epoch'),
      at(FILES, 'F12: of two that make one secret, one is refused and the other is whole'),
      at(
        FILES,
        'F12: a lock of a living process is respected, and a file that is no lock is not taken for a dead one',
      ),
      at(LOCK, 'F12: many that find one holder dead never hold it together, and lose no turn'),
      at(
        'test/src/proving/artifacts.test.ts',
        'F12: of two processes at once are one folder, and nothing is left beside it',
      ),
    ],
  },
  {
    id: 'F13',
    attack: 'a name, a key or a cell that draws a verdict on the reader’s screen, or hides one',
    expected: 'shown as code points, on the line of its own text',
    where: [
      at('test/src/cli/hostile.test.ts', 'F13: %s, called with hostile names and values'),
      at('test/src/cli/hostile.test.ts', 'F13: %s with hostile texts and keys'),
      at('test/src/cli/hostile.test.ts', 'F13: accounts, tiers and prices with hostile cells and columns'),
      at(
        'test/src/cli/layout.test.ts',
        'F13: a string is one line, whatever stands in it: no file can write a row or a verdict',
      ),
    ],
  },
  {
    id: 'N03',
    attack: 'a tier list of zero width, out of order, or that counts more than the whole',
    expected: 'refused, and exact at every bound',
    where: [
      at('test/src/inputs/tier-table.test.ts', 'N03: a list of tiers is refused at its line and column'),
      at('test/src/risk/tiers/haircut.test.ts', 'N03: what a pledged value counts for'),
    ],
  },
  {
    id: 'N04',
    attack: 'more pledged than is held, or more owed than pledges count for',
    expected: 'found, to the smallest unit',
    where: [
      at(
        'test/src/ledger/check-pledges.test.ts',
        'N04: finds it invalid when it owes the price of one smallest unit more',
      ),
      at(
        'test/src/ledger/check-pledges.test.ts',
        'N04: finds pledges above what an account has, asset by asset, by one smallest unit',
      ),
    ],
  },
  {
    id: 'N12',
    attack: 'an instrument named twice, in the table or in the reserves',
    expected: 'refused',
    where: [
      at('test/src/risk/file.test.ts', 'N12: is refused when two instruments have one symbol'),
      at('test/src/inputs/reserves.test.ts', 'N12: is refused when it names an instrument twice'),
    ],
  },
  {
    id: 'N21',
    attack: 'reserves that are borrowed, or shown by two venues',
    expected: 'refused',
    where: { waitsFor: 'proofs of ownership of reserves' },
  },
]
