pragma circom 2.2.2;

// MATRIX_INVERSE(T, M): the inverse of the T×T matrix M over the scalar field, by Gauss–Jordan elimination.
// Compile-time only: it makes constants, never signals. M must be invertible; every MDS matrix is.
function MATRIX_INVERSE(T, M) {
    var a[17][34];
    for (var i = 0; i < T; i++) {
        for (var j = 0; j < T; j++) {
            a[i][j] = M[i][j];
            a[i][T + j] = i == j ? 1 : 0;
        }
    }
    for (var c = 0; c < T; c++) {
        var p = c;
        while (a[p][c] == 0) {
            p++;
        }
        for (var j = 0; j < 2 * T; j++) {
            var swap = a[c][j];
            a[c][j] = a[p][j];
            a[p][j] = swap;
        }
        var scale = 1 / a[c][c];
        for (var j = 0; j < 2 * T; j++) {
            a[c][j] = a[c][j] * scale;
        }
        for (var i = 0; i < T; i++) {
            if (i != c) {
                var factor = a[i][c];
                for (var j = 0; j < 2 * T; j++) {
                    a[i][j] = a[i][j] - factor * a[c][j];
                }
            }
        }
    }
    var inverse[17][17];
    for (var i = 0; i < T; i++) {
        for (var j = 0; j < T; j++) {
            inverse[i][j] = a[i][T + j];
        }
    }
    return inverse;
}
