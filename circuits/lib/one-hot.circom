pragma circom 2.2.2;

// OneHot16(): four bits, lowest first, to the one of sixteen wires that they name.
//
// Enforces:  every bit is 0 or 1; selected[i] is 1 for i = Σ bits[k]·2^k and 0 elsewhere.
// Assumes:   nothing.
// Does not:  constrain which position is named.
// Cost:      22 constraints.
template OneHot16() {
    signal input bits[4];
    signal output selected[16];

    for (var k = 0; k < 4; k++) {
        bits[k] * (bits[k] - 1) === 0;
    }
    signal low <== bits[0] * bits[1];
    signal high <== bits[2] * bits[3];
    var lows[4] = [1 - bits[0] - bits[1] + low, bits[0] - low, bits[1] - low, low];
    var highs[4] = [1 - bits[2] - bits[3] + high, bits[2] - high, bits[3] - high, high];
    for (var i = 0; i < 16; i++) {
        selected[i] <== lows[i % 4] * highs[i \ 4];
    }
}
