pragma circom 2.2.2;

include "widths.circom";

// Equities(ACCOUNTS, SCENARIOS): what every account is worth in every scenario, and what is missing below
// zero. An equity E enters as the EQUITY_BITS + 1 bits of E + 2^EQUITY_BITS, so that its range check and its
// packing share them; the top bit is 1 where E is not negative.
//
// Enforces:  every wire of bits is 0 or 1, hence −2^EQUITY_BITS ≤ E < 2^EQUITY_BITS;
//            shortfalls[s] = Σ over accounts of max(0, −E[s][u]), plus 2^SHORTFALL_BITS for each account
//            with E[s][u] < 0, as integers;
//            out = Σ over accounts u and scenarios s of weights[u] · point^s · E[s][u].
// Assumes:   a ledger has at most 2^ACCOUNT_COUNT_BITS accounts, so that shortfalls of 2^EQUITY_BITS each
//            stay below 2^SHORTFALL_BITS, apart from their number.
// Does not:  say that E is the equity of an account: out does, at a random point.
// Cost:      EQUITY_BITS + 3 constraints for each account and scenario.
template Equities(ACCOUNTS, SCENARIOS) {
    var BITS = EQUITY_BITS();
    signal input bits[SCENARIOS][ACCOUNTS][BITS + 1];
    signal input weights[ACCOUNTS];
    signal input point;
    signal output shortfalls[SCENARIOS];
    signal output out;

    signal shortfall[SCENARIOS][ACCOUNTS];
    signal partial[ACCOUNTS][SCENARIOS]; // Σ point^(t − s) · E[t][u] over t ≥ s
    signal weighted[ACCOUNTS];
    var missing[SCENARIOS];
    var total = 0;
    for (var u = 0; u < ACCOUNTS; u++) {
        var sum = 0;
        for (var s = SCENARIOS - 1; s >= 0; s--) {
            var equity = -(1 << BITS);
            for (var i = 0; i <= BITS; i++) {
                bits[s][u][i] * (bits[s][u][i] - 1) === 0;
                equity += bits[s][u][i] * (1 << i);
            }
            shortfall[s][u] <== (bits[s][u][BITS] - 1) * equity;
            missing[s] += shortfall[s][u] + (1 - bits[s][u][BITS]) * (1 << SHORTFALL_BITS());
            partial[u][s] <== sum * point + equity;
            sum = partial[u][s];
        }
        weighted[u] <== weights[u] * sum;
        total += weighted[u];
    }
    shortfalls <== missing;
    out <== total;
}
