pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "negative.circom";
include "poseidon.circom";
include "sponge.circom";
include "challenge.circom";
include "transcripts.circom";
include "fold-state.circom";
include "fence-path.circom";
include "risk-root.circom";
include "policy-digest.circom";
include "key-totals.circom";
include "tier-owners.circom";
include "values-at.circom";

// Solvency(SPOTS, DERIVATIVES, TIERS, SCENARIOS): what the venue holds covers what a ledger says it owes.
// Rows of the table are told apart by place: first instruments that can be held in reserve, then derivatives,
// then tiers of the former.
//
// Enforces:  1. the transcripts are those of accountsRoot, riskRoot, the totals and the weighted totals;
//               firstState is the state of no batch under them, and state is the state after all batches;
//               nothing stands under accountsRoot behind the last one; riskRoot opens to all unit values,
//               with its timestamp; reservesCommitment opens to reserves and insurance fund; policy to its
//               thresholds; tableAtPoint is the polynomial of layout, marks and names at point;
//            2. both identities: keySum = Σ over keys (total + mix·weighted)/(challenge − pole), equitySum =
//               Σ over keys ±weighted·Σ scenarioPoint^s·value; what is pledged of an instrument is the sum of
//               its tiers' totals, and is part of its long total from here on;
//            3. for every spot instrument: reserves + loanFactor · short total ≥ minimumRatio · long total;
//            4. for every derivative: long total = short total;
//            5. at mark: Σ (reserves + loanFactor · short total) · mark ≥ valueRatio · Σ long total · mark,
//               over spot instruments, none of whose marks is negative (RiskRoot);
//            6. for every scenario that is no requirement: Σ worth of net ≥ shortfall sum, where net =
//               reserves + insurance + short total − long total of each spot instrument, worth its long value
//               per unit where it is positive, its short value where it is negative;
//            7. for every scenario: its shortfall sum and the number of accounts below zero in it are at most
//               what the policy says; with tiers, the first scenario is a requirement in which nobody is.
// Assumes:   that a chain of Ledger proofs leads from firstState to state, and every key is pinned. Then
//            totals, shortfall sums and numbers of accounts are the ledger's, as integers ("Soundness of a
//            ledger" in README.md): totals are below 2^TOTAL_BITS, and need no range here. In the table every
//            value is within ±2^VALUE_BITS; no long value is above the short value of the same instrument; a
//            long value of no derivative is negative; a tier's is not above its instrument's, but in the
//            first scenario; owners are as the table says (readers of a table check it).
// Does not:  say that the venue controls the reserves, that a mark is a market price, that a scenario is a
//            severe one, or that nothing is owed off the ledger.
// Cost:      circuits/constraints.json, and "Costs" in README.md.
//
// Ratios are in parts per million. Derivatives are left out of 5 and 6: long and short totals are equal,
// by 4, and so are their values at one mark; a perp or a future may have a negative mark. The insurance fund
// is left out of 3 and 5: it is set aside for shortfalls in scenarios, and covers no balances.
//
// | signal                        |         | what                                                          |
// |-------------------------------|---------|---------------------------------------------------------------|
// | firstState, state             | PUBLIC  | first and last state of the ledger                            |
// | accountsRoot                  | PUBLIC  | root over all accounts, which customers and traders open      |
// | riskRoot                      | PUBLIC  | the risk table                                                |
// | reservesCommitment            | PUBLIC  | what the venue says that it holds                             |
// | policy                        | PUBLIC  | digest of the thresholds below                                |
// | context                       | PUBLIC  | the venue, the epoch and the place that the proof is made for |
// | timestamp                     | PUBLIC  | of the risk table                                             |
// | point, tableAtPoint           | PUBLIC  | for whoever has the marks: that they are those of the proof   |
// | lastBits[20]                  | PRIVATE | place of the last batch                                       |
// | last                          | PRIVATE | its root                                                      |
// | children[5][16]               | PRIVATE | the accounts tree along that place                            |
// | spotTotals[SPOTS][2]          | PRIVATE | long, short; smallest units                                   |
// | derivativeTotals[DERIVATIVES] | PRIVATE | long, and short                                               |
// | tierTotals[TIERS]             | PRIVATE | long                                                          |
// | pledged[SPOTS]                | PRIVATE | the sum of its tiers' totals (none without tiers)             |
// | totalsBlind                   | PRIVATE | what hides all of these                                       |
// | weightedTotals[KEYS]          | PRIVATE | the totals weighted by position (none without scenarios)      |
// | weightedTotalsBlind           | PRIVATE | what hides them                                               |
// | shortfalls, below[SCENARIOS]  | PRIVATE | sums over all accounts, and the number of those below zero    |
// | blind                         | PRIVATE | what hides the state                                          |
// | reserves, insurance[SPOTS]    | PRIVATE | smallest units (no insurance without scenarios)               |
// | reservesBlind                 | PRIVATE | what hides both                                               |
// | marks … timestamp             | PRIVATE | the table: see RiskRoot                                       |
// | valueRatio … mostAccounts     | PRIVATE | the policy: see PolicyDigest                                  |
template Solvency(SPOTS, DERIVATIVES, TIERS, SCENARIOS) {
    assert(SCENARIOS <= MAX_SCENARIOS());
    assert(TIERS == 0 || SCENARIOS > 0);
    var INSTRUMENTS = SPOTS + DERIVATIVES;
    var KEYS = 2 * INSTRUMENTS + TIERS;
    assert(KEYS <= 1 << TABLE_KEYS_BITS());
    var STRESSED = SCENARIOS > 0 ? 1 : 0;
    var TIERED = TIERS > 0 ? 1 : 0;
    // Instruments with an insurance fund: it stands behind nothing where there is no scenario.
    var INSURED = STRESSED * SPOTS;
    signal input firstState;
    signal input state;
    signal input accountsRoot;
    signal input riskRoot;
    signal input reservesCommitment;
    signal input policy;
    signal input context;
    signal input timestamp;
    signal input point;
    signal input tableAtPoint;
    signal input lastBits[4 * ACCOUNTS_DEPTH()];
    signal input last;
    signal input children[ACCOUNTS_DEPTH()][16];
    signal input spotTotals[SPOTS][2];
    signal input derivativeTotals[DERIVATIVES];
    signal input tierTotals[TIERS];
    signal input pledged[TIERED * SPOTS];
    signal input totalsBlind;
    signal input weightedTotals[STRESSED * KEYS];
    signal input weightedTotalsBlind[STRESSED];
    signal input shortfalls[SCENARIOS];
    signal input below[SCENARIOS];
    signal input blind;
    signal input reserves[SPOTS];
    signal input insurance[INSURED];
    signal input reservesBlind;
    signal input marks[INSTRUMENTS];
    signal input names[SCENARIOS];
    signal input requirement[SCENARIOS];
    signal input values[SCENARIOS][KEYS];
    signal input widths[TIERS];
    signal input owners[TIERS];
    signal input rowsDigest;
    signal input valueRatio;
    signal input minimumRatios[SPOTS];
    signal input loanFactors[SPOTS];
    signal input mostShortfall[SCENARIOS];
    signal input mostAccounts[SCENARIOS];

    // 1. What is committed. 1.1 The ledger: totals before the challenges of the first transcript, weighted
    // totals before those of the second.
    component fence = FencePath(ACCOUNTS_DEPTH());
    fence.last <== last;
    fence.indexBits <== lastBits;
    fence.children <== children;
    accountsRoot === fence.root;
    var totals[KEYS];
    component totalsDigest = Sponge(TAG_TOTALS(), 1 + 2 * SPOTS + DERIVATIVES + TIERS + TIERED * SPOTS);
    totalsDigest.in[0] <== totalsBlind;
    for (var i = 0; i < SPOTS; i++) {
        for (var side = 0; side < 2; side++) {
            totalsDigest.in[1 + 2 * i + side] <== spotTotals[i][side];
            totals[2 * i + side] = spotTotals[i][side];
        }
    }
    // 4. A derivative's longs and shorts are one claim.
    for (var i = 0; i < DERIVATIVES; i++) {
        totalsDigest.in[1 + 2 * SPOTS + i] <== derivativeTotals[i];
        totals[2 * (SPOTS + i)] = derivativeTotals[i];
        totals[2 * (SPOTS + i) + 1] = derivativeTotals[i];
    }
    for (var t = 0; t < TIERS; t++) {
        totalsDigest.in[1 + 2 * SPOTS + DERIVATIVES + t] <== tierTotals[t];
        totals[2 * INSTRUMENTS + t] = tierTotals[t];
    }
    for (var i = 0; i < TIERED * SPOTS; i++) {
        totalsDigest.in[1 + 2 * SPOTS + DERIVATIVES + TIERS + i] <== pledged[i];
    }
    component transcripts = Transcripts();
    transcripts.accountsRoot <== accountsRoot;
    transcripts.riskRoot <== riskRoot;
    transcripts.totalsDigest <== totalsDigest.out;
    transcripts.scenarios <== SCENARIOS;
    if (STRESSED == 1) {
        component weightedDigest = Sponge(TAG_WEIGHTED_TOTALS(), 1 + KEYS);
        weightedDigest.in[0] <== weightedTotalsBlind[0];
        for (var k = 0; k < KEYS; k++) {
            weightedDigest.in[1 + k] <== weightedTotals[k];
        }
        transcripts.weightedTotalsDigest <== weightedDigest.out;
    } else {
        transcripts.weightedTotalsDigest <== 0;
    }

    // 1.2 The table, as a root and as a polynomial.
    component table = RiskRoot(SPOTS, DERIVATIVES, TIERS, SCENARIOS);
    table.marks <== marks;
    if (STRESSED == 1) {
        table.names <== names;
        table.requirement <== requirement;
        table.values <== values;
    }
    if (TIERED == 1) {
        table.widths <== widths;
        table.owners <== owners;
    }
    table.rowsDigest <== rowsDigest;
    table.timestamp <== timestamp;
    riskRoot === table.out;
    signal horner[INSTRUMENTS + SCENARIOS + 1];
    horner[0] <== table.layout;
    for (var i = 0; i < INSTRUMENTS; i++) {
        horner[i + 1] <== horner[i] * point + marks[i];
    }
    for (var s = 0; s < SCENARIOS; s++) {
        horner[INSTRUMENTS + s + 1] <== horner[INSTRUMENTS + s] * point + names[s];
    }
    tableAtPoint === horner[INSTRUMENTS + SCENARIOS];

    // 1.3 Reserves and insurance fund, in one element an instrument: both are ranged below.
    component held = Sponge(TAG_RESERVES(), 1 + SPOTS);
    held.in[0] <== reservesBlind;
    for (var i = 0; i < SPOTS; i++) {
        Range(TOTAL_BITS())(reserves[i]);
        if (STRESSED == 1) {
            Range(TOTAL_BITS())(insurance[i]);
            held.in[1 + i] <== reserves[i] + insurance[i] * (1 << TOTAL_BITS());
        } else {
            held.in[1 + i] <== reserves[i];
        }
    }
    reservesCommitment === held.out;

    // 1.4 The policy, and the context, which takes part in no rule; squaring it keeps it in the constraint
    // system of every prover.
    component rules = PolicyDigest(SPOTS, SCENARIOS);
    rules.valueRatio <== valueRatio;
    rules.minimumRatios <== minimumRatios;
    rules.loanFactors <== loanFactors;
    if (STRESSED == 1) {
        rules.names <== names;
        rules.requirement <== requirement;
        rules.mostShortfall <== mostShortfall;
        rules.mostAccounts <== mostAccounts;
    }
    policy === rules.out;
    signal contextSquared <== context * context;

    // 2. The identities, and the states on both sides of the chain.
    component keys = KeyTotals(SPOTS, DERIVATIVES, TIERS, STRESSED);
    for (var k = 0; k < KEYS; k++) {
        keys.totals[k] <== totals[k];
    }
    keys.challenge <== Challenge(1)(transcripts.second);
    component first = FoldState();
    component final = FoldState();
    first.transcript <== transcripts.second;
    first.count <== 0;
    first.blind <== 0;
    first.keySum <== 0;
    first.equitySum <== 0;
    final.transcript <== transcripts.second;
    final.count <== fence.index + 1;
    final.blind <== blind;
    if (STRESSED == 1) {
        keys.weightedTotals <== weightedTotals;
        keys.mix <== Challenge(4)(transcripts.second);
        signal scenarioPoint <== Challenge(3)(transcripts.first);
        final.equitySum <== ValuesAt(INSTRUMENTS, TIERS, SCENARIOS)(values, weightedTotals, scenarioPoint);
        component digest = Poseidon(TAG_SHORTFALLS(), SCENARIOS);
        component none = Poseidon(TAG_SHORTFALLS(), SCENARIOS);
        for (var s = 0; s < SCENARIOS; s++) {
            Range(SHORTFALL_BITS())(shortfalls[s]);
            Range(ACCOUNT_COUNT_BITS())(below[s]);
            digest.inputs[s] <== shortfalls[s] + below[s] * (1 << SHORTFALL_BITS());
            none.inputs[s] <== 0;
        }
        first.shortfallsDigest <== none.out;
        final.shortfallsDigest <== digest.out;
    } else {
        keys.mix <== 0;
        final.equitySum <== 0;
        first.shortfallsDigest <== 0;
        final.shortfallsDigest <== 0;
    }
    if (TIERED == 1) {
        keys.widths <== widths;
        keys.limitPoint <== Challenge(5)(transcripts.second);
        signal ownerPoint <== Challenge(6)(transcripts.first);
        TierOwners(SPOTS, TIERS)(tierTotals, owners, pledged, ownerPoint);
    } else {
        keys.limitPoint <== 0;
    }
    final.keySum <== keys.out;
    firstState === first.out;
    state === final.out;

    // 3. Each instrument, and 5. all of them at mark. Widths: a total times a ratio stays below 2^130, the
    // surplus of one instrument within ±2^131; times a mark, within ±2^195; summed over at most 2^14
    // instruments, within ±2^209.
    var long[SPOTS];
    signal counted[SPOTS]; // reserves and loans that count, times 10^6
    signal owed[SPOTS];
    signal owedValue[SPOTS];
    signal value[SPOTS];
    var sum = 0;
    for (var i = 0; i < SPOTS; i++) {
        long[i] = spotTotals[i][0];
        if (TIERED == 1) {
            long[i] += pledged[i];
        }
        counted[i] <== loanFactors[i] * spotTotals[i][1] + reserves[i] * RATIO_ONE();
        owed[i] <== minimumRatios[i] * long[i];
        Range(TOTAL_BITS() + RATIO_BITS() + 1)(counted[i] - owed[i]);

        owedValue[i] <== valueRatio * long[i];
        value[i] <== marks[i] * (counted[i] - owedValue[i]);
        sum += value[i];
    }
    Range(TOTAL_BITS() + RATIO_BITS() + 1 + VALUE_BITS() + 14)(sum);

    // 6. Scenarios. Widths: a net is within ±2^100; times a value, within ±2^164; summed over at most 2^14
    // instruments, within ±2^178, and so with a shortfall sum taken off.
    signal owes[INSURED];
    signal side[SCENARIOS][INSURED];
    signal worth[SCENARIOS][INSURED];
    var net[INSURED];
    for (var i = 0; i < INSURED; i++) {
        net[i] = reserves[i] + insurance[i] + spotTotals[i][1] - long[i];
        owes[i] <== Negative(TOTAL_BITS() + 2)(net[i]);
    }
    signal toCover[SCENARIOS];
    for (var s = 0; s < SCENARIOS; s++) {
        var covered = -shortfalls[s];
        for (var i = 0; i < SPOTS; i++) {
            side[s][i] <== values[s][2 * i] + owes[i] * (values[s][2 * i + 1] - values[s][2 * i]);
            worth[s][i] <== net[i] * side[s][i];
            covered += worth[s][i];
        }
        toCover[s] <== (1 - requirement[s]) * covered;
        Range(TOTAL_BITS() + 2 + VALUE_BITS() + 15)(toCover[s]);

        // 7. Nobody is privileged: what the policy bounds is the sum, and how many accounts it is of.
        Range(SHORTFALL_BITS())(mostShortfall[s] - shortfalls[s]);
        Range(ACCOUNT_COUNT_BITS())(mostAccounts[s] - below[s]);
    }
    if (TIERED == 1) {
        requirement[0] === 1;
        shortfalls[0] === 0;
    }
}
