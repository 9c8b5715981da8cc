pragma circom 2.2.2;

// Every bit width and depth, as in src/field/widths.ts and src/hash/tree.ts (a test compares the files).
function MAGNITUDE_BITS() { return 64; }
function INSTRUMENT_BITS() { return 16; }
function SLOT_BITS() { return 81; } // magnitude, then sign, then instrument, lowest first
function SLOTS_PER_FIELD() { return 3; }
function BATCH_SLOTS_BITS() { return 14; }
function TOTAL_BITS() { return 98; }
function TABLE_KEYS_BITS() { return 15; }
function EQUITY_BITS() { return 112; }
function ACCOUNT_COUNT_BITS() { return 32; }
function SHORTFALL_BITS() { return 144; }
function MAX_SCENARIOS() { return 16; }
function TIER_NUMBERS() { return 16384; }
function DERIVATIVE_NUMBERS() { return 32768; }
function VALUE_BITS() { return 64; }
function RATIO_BITS() { return 32; }
function RATIO_ONE() { return 1000000; }
function BATCH_DEPTH() { return 3; }
function ACCOUNTS_DEPTH() { return 5; }
function FACTOR_BITS() { return 40; }
function FACTOR_DECIMALS() { return 9; }
function COEFFICIENT_BITS() { return 63; }
function CONSTANT_BITS() { return 127; }
function WORST_BITS() { return 212; }
function MARGIN_SCENARIOS() { return 33; }
function MARGIN_SUMS() { return 6; }
function LINES_PER_LINK() { return 4; }
