pragma circom 2.2.2;

// LOG2(N): the least number of bits b with 2^b ≥ N.
function LOG2(N) {
    var bits = 0;
    while (1 << bits < N) {
        bits++;
    }
    return bits;
}
