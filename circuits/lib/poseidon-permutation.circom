pragma circom 2.2.2;

// PoseidonPermutation(TAG, N, PARTIAL, C, S, M, P, M_INVERSE, P_INVERSE, S_INVERSE): the body of
// Poseidon(TAG, N), with every constant a parameter, so that the witness generator finds them inlined.
// PARTIAL is the number of partial rounds.
//
// Enforces, Assumes, Does not, Cost: see poseidon.circom, which is the only caller.
template PoseidonPermutation(TAG, N, PARTIAL, C, S, M, P, M_INVERSE, P_INVERSE, S_INVERSE) {
    signal input inputs[N];
    signal output out;

    var T = N + 1; // the state starts with the capacity element, which is the tag
    var HALF = 4; // full rounds on each side

    // S-box inputs of the full rounds 1 to 7 (round 0 takes the inputs) and of the partial rounds.
    signal full[7][T];
    signal partial[PARTIAL];
    signal square[8][T];
    signal fourth[8][T];
    signal partialSquare[PARTIAL];
    signal partialFourth[PARTIAL];
    signal last[T - 1]; // x⁵ of the last round's S-boxes, all but the first

    // 1. Witness: run the permutation forward. Each wire assigned here is constrained in step 2.
    var state[T];
    state[0] = TAG + C[0];
    for (var i = 0; i < N; i++) {
        state[1 + i] = inputs[i] + C[1 + i];
    }
    for (var round = 0; round < 8; round++) {
        var fifth[T];
        for (var i = 0; i < T; i++) {
            if (round == 0 && i == 0) {
                fifth[i] = state[i] ** 5;
            } else {
                square[round][i] <== state[i] * state[i];
                fourth[round][i] <== square[round][i] * square[round][i];
                fifth[i] = fourth[round][i] * state[i];
            }
        }
        if (round < 7) {
            var offset = (round + 1) * T + (round < HALF ? 0 : PARTIAL);
            var mixed[T];
            for (var i = 0; i < T; i++) {
                mixed[i] = 0;
                for (var j = 0; j < T; j++) {
                    mixed[i] += (round == HALF - 1 ? P[j][i] : M[j][i]) * (fifth[j] + C[offset + j]);
                }
            }
            if (round == HALF - 1) {
                for (var r = 0; r < PARTIAL; r++) {
                    // Constrained in step 2: by the fourth full round (r = 0) or the partial round before it.
                    partial[r] <-- mixed[0];
                    partialSquare[r] <== partial[r] * partial[r];
                    partialFourth[r] <== partialSquare[r] * partialSquare[r];
                    var first = partialFourth[r] * partial[r] + C[(HALF + 1) * T + r];
                    var sum = S[(2 * T - 1) * r] * first;
                    for (var i = 1; i < T; i++) {
                        sum += S[(2 * T - 1) * r + i] * mixed[i];
                        mixed[i] += S[(2 * T - 1) * r + T + i - 1] * first;
                    }
                    mixed[0] = sum;
                }
            }
            for (var i = 0; i < T; i++) {
                // Constrained in step 2: by the round before it.
                full[round][i] <-- mixed[i];
                state[i] = full[round][i];
            }
        }
    }

    // 2. Constraints: each x⁵ as a combination of later S-box inputs, from the last round backwards.
    // 2.1 The last round's output is one element of the mixed state.
    var tail = 0;
    for (var i = 1; i < T; i++) {
        last[i - 1] <== fourth[7][i] * full[6][i];
        tail += M[i][0] * last[i - 1];
    }
    out <-- tail + M[0][0] * fourth[7][0] * full[6][0];
    fourth[7][0] * full[6][0] === (out - tail) * (1 / M[0][0]);

    // 2.2 The full rounds after the partial ones.
    for (var round = 6; round >= HALF; round--) {
        for (var i = 0; i < T; i++) {
            var fifth = 0;
            for (var j = 0; j < T; j++) {
                fifth += M_INVERSE[j][i] * full[round][j];
            }
            fourth[round][i] * full[round - 1][i] === fifth - C[(round + 1) * T + PARTIAL + i];
        }
    }

    // 2.3 The partial rounds: `rest` is the state beside its first element, before round r, in terms of later
    // wires.
    var rest[T];
    for (var i = 1; i < T; i++) {
        rest[i] = full[HALF - 1][i];
    }
    for (var r = PARTIAL - 1; r >= 0; r--) {
        var next = r == PARTIAL - 1 ? full[HALF - 1][0] : partial[r + 1];
        for (var i = 1; i < T; i++) {
            next -= S[(2 * T - 1) * r + i] * rest[i];
        }
        var first = next * S_INVERSE[r];
        for (var i = 1; i < T; i++) {
            rest[i] -= S[(2 * T - 1) * r + T + i - 1] * first;
        }
        partialFourth[r] * partial[r] === first - C[(HALF + 1) * T + r];
    }
    rest[0] = partial[0];

    // 2.4 The full rounds before them.
    for (var round = HALF - 1; round >= 0; round--) {
        for (var i = 0; i < T; i++) {
            var fifth = 0;
            for (var j = 0; j < T; j++) {
                fifth += round == HALF - 1 ? P_INVERSE[j][i] * rest[j] : M_INVERSE[j][i] * full[round][j];
            }
            fifth -= C[(round + 1) * T + i];
            if (round > 0) {
                fourth[round][i] * full[round - 1][i] === fifth;
            } else if (i > 0) {
                fourth[0][i] * (inputs[i - 1] + C[i]) === fifth;
            } else {
                (TAG + C[0]) ** 5 === fifth;
            }
        }
    }
}
