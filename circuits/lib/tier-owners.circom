pragma circom 2.2.2;

// TierOwners(SPOTS, TIERS): how much of every spot instrument is held in its tiers.
//
// Enforces:  Σ over tiers of total/(challenge − owner) = Σ over instruments i of pledged[i]/(challenge − i).
// Assumes:   the challenge is drawn after totals, owners and pledged are fixed; then, but for an error below
//            4·(SPOTS + TIERS)/|F|, pledged[i] is the sum of the totals of the tiers whose owner is i, and
//            the totals of tiers of no instrument add up to zero.
// Does not:  say which tiers an instrument has: the table does.
// Cost:      1 constraint an instrument and 1 a tier.
template TierOwners(SPOTS, TIERS) {
    signal input totals[TIERS];
    signal input owners[TIERS];
    signal input pledged[SPOTS];
    signal input challenge;

    signal part[TIERS];
    signal whole[SPOTS];
    var difference = 0;
    for (var t = 0; t < TIERS; t++) {
        // A quotient, which a constraint expresses as a product: on the next line.
        part[t] <-- totals[t] / (challenge - owners[t]);
        part[t] * (challenge - owners[t]) === totals[t];
        difference += part[t];
    }
    for (var i = 0; i < SPOTS; i++) {
        // As above.
        whole[i] <-- pledged[i] / (challenge - i);
        whole[i] * (challenge - i) === pledged[i];
        difference -= whole[i];
    }
    difference === 0;
}
