pragma circom 2.2.2;

// ValuesAt(PAIRS, SINGLES, SCENARIOS): what weighted totals by key are worth, all scenarios at once, at a
// point. Of the first 2·PAIRS keys, an even one is a long unit, which is worth its value, and an odd one a
// short unit, which costs its value; the SINGLES keys behind them are long units.
//
// Enforces:  out = Σ over keys k of ±weightedTotals[k] · Σ over scenarios s of point^s · values[s][k], − for
//            a short unit.
// Assumes:   nothing.
// Does not:  range-check a value.
// Cost:      1 constraint for each key and scenario.
template ValuesAt(PAIRS, SINGLES, SCENARIOS) {
    var KEYS = 2 * PAIRS + SINGLES;
    signal input values[SCENARIOS][KEYS];
    signal input weightedTotals[KEYS];
    signal input point;
    signal output out;

    signal partial[KEYS][SCENARIOS]; // Σ point^(t − s) · values[t][k] over t ≥ s
    signal worth[KEYS];
    var total = 0;
    for (var k = 0; k < KEYS; k++) {
        var sum = 0;
        for (var s = SCENARIOS - 1; s >= 0; s--) {
            partial[k][s] <== sum * point + values[s][k];
            sum = partial[k][s];
        }
        worth[k] <== weightedTotals[k] * sum;
        total += k < 2 * PAIRS && k % 2 == 1 ? -worth[k] : worth[k];
    }
    out <== total;
}
