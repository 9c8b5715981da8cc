pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "poseidon.circom";
include "sponge.circom";
include "pack-bits.circom";

// EquitiesLeaf(ACCOUNTS, SLOTS, SCENARIOS, PLEDGED): one more leaf of a batch, behind its accounts, that
// fixes what its proof claims of them before any challenge is drawn.
//
// Enforces:  out = P(TAG_EQUITIES; Sponge(TAG_EQUITIES)(blind, sizes, packed bits of all equities, then of
//            all spares)), sizes = ACCOUNTS + 2^16·SLOTS + 2^32·PLEDGED + 2^48·SCENARIOS: no other instance
//            reads the same digest as other numbers. Its last hash has a tag that no account's leaf has.
// Assumes:   every bit is 0 or 1 (Equities, Ledger): then packing is injective.
// Does not:  say what an account is worth.
// Cost:      about 0.16 constraints a bit, and 500.
template EquitiesLeaf(ACCOUNTS, SLOTS, SCENARIOS, PLEDGED) {
    signal input blind;
    signal input equities[SCENARIOS][ACCOUNTS][EQUITY_BITS() + 1];
    signal input spares[ACCOUNTS][PLEDGED][MAGNITUDE_BITS()];
    signal output out;

    var WIDTH = EQUITY_BITS() + 1;
    var FIRST_SPARE = SCENARIOS * ACCOUNTS * WIDTH;
    var BITS = FIRST_SPARE + ACCOUNTS * PLEDGED * MAGNITUDE_BITS();
    component pack = PackBits(BITS);
    for (var s = 0; s < SCENARIOS; s++) {
        for (var u = 0; u < ACCOUNTS; u++) {
            for (var i = 0; i < WIDTH; i++) {
                pack.in[(s * ACCOUNTS + u) * WIDTH + i] <== equities[s][u][i];
            }
        }
    }
    for (var u = 0; u < ACCOUNTS; u++) {
        for (var s = 0; s < PLEDGED; s++) {
            for (var i = 0; i < MAGNITUDE_BITS(); i++) {
                pack.in[FIRST_SPARE + (u * PLEDGED + s) * MAGNITUDE_BITS() + i] <== spares[u][s][i];
            }
        }
    }
    component digest = Sponge(TAG_EQUITIES(), 2 + PACKED(BITS));
    digest.in[0] <== blind;
    digest.in[1] <== ACCOUNTS + (SLOTS << 16) + (PLEDGED << 32) + (SCENARIOS << 48);
    for (var p = 0; p < PACKED(BITS); p++) {
        digest.in[2 + p] <== pack.out[p];
    }
    out <== Poseidon(TAG_EQUITIES(), 1)([digest.out]);
}
