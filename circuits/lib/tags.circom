pragma circom 2.2.2;

// The tag of every role that a circuit hashes in, as in src/hash/roles.ts (a test compares the two files).
function TAG_SPONGE() { return 1; }
function TAG_OWNER() { return 3; }
function TAG_HOLDER() { return 4; }
function TAG_LEAF() { return 5; }
function TAG_LONG_LEAF() { return 6; }
function TAG_STATE() { return 7; }
function TAG_TOTALS() { return 8; }
function TAG_SHORTFALLS() { return 9; }
function TAG_RISK() { return 10; }
function TAG_VALUES() { return 11; }
function TAG_RESERVES() { return 13; }
function TAG_POLICY() { return 14; }
function TAG_TRANSCRIPT() { return 15; }
function TAG_CHALLENGE() { return 16; }
function TAG_ROWS() { return 17; }
function TAG_MARGIN_ROW() { return 18; }
function TAG_MARGIN_LINES() { return 19; }
function TAG_REQUIREMENT() { return 20; }
function TAG_HANDLE() { return 21; }
function TAG_MARGIN_ROOT() { return 22; }
function TAG_MULTIPLE() { return 25; }
function TAG_EQUITIES() { return 26; }
function TAG_FIRST() { return 27; }
function TAG_SECOND() { return 28; }
function TAG_WEIGHTED_TOTALS() { return 29; }
