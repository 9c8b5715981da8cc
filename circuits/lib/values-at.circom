pragma circom 2.2.2;

// ValuesAt(INSTRUMENTS, SCENARIOS): what holdings by key are worth, all scenarios at once, at a point. Key
// 2·instrument is a long unit, which is worth its value; key 2·instrument + 1 is a short unit, which costs
// its value.
//
// Enforces:  out = Σ over keys k of ±holdings[k] · Σ over scenarios s of point^s · values[s][k], + where k is
//            even.
// Assumes:   nothing.
// Does not:  range-check a value.
// Cost:      1 constraint for each key and scenario.
template ValuesAt(INSTRUMENTS, SCENARIOS) {
    signal input values[SCENARIOS][2 * INSTRUMENTS];
    signal input holdings[2 * INSTRUMENTS];
    signal input point;
    signal output out;

    signal partial[2 * INSTRUMENTS][SCENARIOS]; // Σ point^(t − s) · values[t][k] over t ≥ s
    signal worth[2 * INSTRUMENTS];
    var total = 0;
    for (var k = 0; k < 2 * INSTRUMENTS; k++) {
        var sum = 0;
        for (var s = SCENARIOS - 1; s >= 0; s--) {
            partial[k][s] <== sum * point + values[s][k];
            sum = partial[k][s];
        }
        worth[k] <== holdings[k] * sum;
        total += k % 2 == 0 ? worth[k] : -worth[k];
    }
    out <== total;
}
