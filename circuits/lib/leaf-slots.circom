pragma circom 2.2.2;

// Made by scripts/make-leaf-slots.ts from circuits/instances.json:
// how many slots a leaf can have, which is what ledger instances have.
function LEAF_SLOTS() { return [4, 16, 64, 256, 1024]; }
function LEAF_SHAPES() { return 5; }
