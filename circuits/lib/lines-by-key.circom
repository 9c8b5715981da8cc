pragma circom 2.2.2;

// LinesByKey(ENTRIES, LINES): totals[l] is the sum of the values of the entries whose key is keys[l], and
// every entry with a value other than zero has such a key.
//
// Enforces:  Σ value/(r − key) = Σ total/(r − lineKey) at the challenge r, each fraction as a wire.
// Assumes:   r was squeezed after every value, key and total was fixed; keys[l] are pairwise different.
// Does not:  constrain the key of an entry whose value is zero.
// Error:     (ENTRIES + LINES) / |F| for one challenge.
// Cost:      1 constraint an entry and a line, and one linear one.
template LinesByKey(ENTRIES, LINES) {
    signal input entryKeys[ENTRIES];
    signal input values[ENTRIES];
    signal input keys[LINES];
    signal input totals[LINES];
    signal input challenge;

    signal entry[ENTRIES];
    signal line[LINES];
    var sum = 0;
    for (var e = 0; e < ENTRIES; e++) {
        // A quotient, which a constraint expresses as a product: on the next line.
        entry[e] <-- values[e] / (challenge - entryKeys[e]);
        entry[e] * (challenge - entryKeys[e]) === values[e];
        sum += entry[e];
    }
    for (var l = 0; l < LINES; l++) {
        // As above.
        line[l] <-- totals[l] / (challenge - keys[l]);
        line[l] * (challenge - keys[l]) === totals[l];
        sum -= line[l];
    }
    sum === 0;
}
