pragma circom 2.2.2;

include "widths.circom";
include "deficit-scan.circom";
include "deficit-charges.circom";
include "deficit-required.circom";

// DeficitBound(SLOTS, SCENARIOS, GROUPS, LINES): what a requirement asks of an account at least, on one side
// of a liquidation.
//
// Enforces:  required is what DeficitScan, DeficitCharges and DeficitRequired make of each other.
// Assumes:   what they assume.
// Does not:  say which side: the statement has one of these for each.
// Cost:      that of its parts.
//
// | signal                           |         | what                                                   |
// |----------------------------------|---------|--------------------------------------------------------|
// | quantity, short[SLOTS]           | PRIVATE | of this side                                           |
// | flat … netLoss, into             | PRIVATE | of rows and groups, as DeficitScan has them            |
// | newChoice … link                 | PRIVATE | of lines, as DeficitCharges has them                   |
// | worstSums, threshold, factors    | PRIVATE | of the requirement, as DeficitRequired has them        |
// | scenario … negative, total, pick | PRIVATE | what the prover says of this side                      |
// | branch, bounded, worstPick       | PRIVATE | likewise                                               |
// | required                         | OUTPUT  | 10^−27                                                 |
template DeficitBound(SLOTS, SCENARIOS, GROUPS, LINES) {
    var SUMS = MARGIN_SUMS();
    signal input quantity[SLOTS];
    signal input short[SLOTS];
    signal input flat[SLOTS];
    signal input changes[SLOTS][SCENARIOS];
    signal input gains[SCENARIOS];
    signal input losses[SCENARIOS];
    signal input member[SLOTS][GROUPS];
    signal input flatMember[SLOTS][GROUPS];
    signal input netted[GROUPS];
    signal input netGain[GROUPS];
    signal input netLoss[GROUPS];
    signal input into[GROUPS][SUMS];
    signal input newChoice[LINES];
    signal input newExposure[LINES];
    signal input only[LINES][2];
    signal input lineInto[LINES][SUMS + 3];
    signal input deduction[LINES];
    signal input link[LINES][GROUPS];
    signal input worstSums[SUMS];
    signal input threshold;
    signal input worstFactor;
    signal input factors[SUMS];
    signal input scenario[GROUPS];
    signal input slotScenario[SLOTS][SCENARIOS];
    signal input netScenario[SCENARIOS];
    signal input negative[GROUPS];
    signal input total[LINES];
    signal input pick[LINES][2];
    signal input branch[LINES];
    signal input bounded[GROUPS];
    signal input worstPick[1 + SUMS];
    signal output required;

    component scan = DeficitScan(SLOTS, SCENARIOS, GROUPS);
    scan.quantity <== quantity;
    scan.short <== short;
    scan.flat <== flat;
    scan.changes <== changes;
    scan.gains <== gains;
    scan.losses <== losses;
    scan.member <== member;
    scan.flatMember <== flatMember;
    scan.netted <== netted;
    scan.netGain <== netGain;
    scan.netLoss <== netLoss;
    scan.scenario <== scenario;
    scan.slotScenario <== slotScenario;
    scan.netScenario <== netScenario;
    scan.negative <== negative;

    component charges = DeficitCharges(SLOTS, LINES, GROUPS);
    charges.quantity <== quantity;
    charges.short <== short;
    charges.newChoice <== newChoice;
    charges.newExposure <== newExposure;
    charges.only <== only;
    charges.into <== lineInto;
    charges.deduction <== deduction;
    charges.link <== link;
    charges.total <== total;
    charges.pick <== pick;
    charges.branch <== branch;

    component asked = DeficitRequired(GROUPS);
    asked.into <== into;
    asked.below <== scan.below;
    asked.raises <== charges.raises;
    asked.bounds <== charges.bounds;
    asked.bounded <== bounded;
    asked.exposures <== charges.sums;
    asked.netLoss <== scan.loss;
    asked.worstSums <== worstSums;
    asked.worstPick <== worstPick;
    asked.threshold <== threshold;
    asked.worstFactor <== worstFactor;
    asked.factors <== factors;
    required <== asked.required;
}
