pragma circom 2.1.0;

// Enforces: each public signal is the given power of a private root, so that a test can make signals 0, 1 or equal.
template Powers(SIGNALS, EXPONENT) {
    signal input power[SIGNALS];
    signal input root[SIGNALS];
    signal partial[SIGNALS][EXPONENT];

    for (var i = 0; i < SIGNALS; i++) {
        partial[i][0] <== root[i];
        for (var j = 1; j < EXPONENT; j++) {
            partial[i][j] <== partial[i][j - 1] * root[i];
        }
        power[i] === partial[i][EXPONENT - 1];
    }
}
