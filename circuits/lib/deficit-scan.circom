pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "nonzero.circom";
include "log2.circom";

// DeficitScan(SLOTS, SCENARIOS, GROUPS): what the groups of an account lose at least, in scenarios that the
// prover picks.
//
// Enforces:  1. a group has one scenario, and every opened slot that is a member of it has that one; all
//               netted groups have the one whose dampings are taken;
//            2. x[g] = Σ quantity·change + (long units), the last because a change is rounded down: no less
//               than what the group gains;
//            3. below[g] = max(−x[g], 0), the sign decided by a range check of |x|;
//            4. netLoss = loss·Σ lossSlope·max(−x, 0) − gain·Σ gainSlope·max(x, 0) over the netted groups,
//               with dampings as bounds for the account: the gain's one above what is published, the loss's
//               one below, but not below zero.
// Assumes:   short and quantity are those of slots (magnitudes below 2^64), zero where none is opened; a
//            change's magnitude is at most 2^63 (rows are public); netGain and netLoss are 0 for a group that
//            is not netted, and below 2^41 (DeficitGroups); dampings are below 2^FACTOR_BITS.
// Does not:  pick the worst scenario: any other shows less of what is required, to the prover's own harm.
// Cost:      about 155 constraints a group, 2 a slot and scenario, 3 a slot and group, 3 a scenario.
//
// | signal                          |         | what                                                     |
// |---------------------------------|---------|----------------------------------------------------------|
// | quantity, short[SLOTS]          | PRIVATE | signed quantity; its magnitude where it is short, else 0 |
// | flat[SLOTS]                     | PRIVATE | change in every scenario                                 |
// | changes[SLOTS][SCENARIOS]       | PRIVATE | change by scenario                                       |
// | gains, losses[SCENARIOS]        | PRIVATE | dampings of scenarios, billionths                        |
// | member, flatMember              | PRIVATE | 1 for the group that a slot is in                        |
// | netted[GROUPS]                  | PRIVATE | 1 for a group that is netted                             |
// | netGain, netLoss[GROUPS]        | PRIVATE | bounds of its slopes                                     |
// | scenario[GROUPS]                | PRIVATE | the scenario of each group, from 0                       |
// | slotScenario[SLOTS][SCENARIOS]  | PRIVATE | 1 for that of the group that a slot is a member of       |
// | netScenario[SCENARIOS]          | PRIVATE | 1 for that of the netted groups                          |
// | negative[GROUPS]                | PRIVATE | 1 where x < 0                                            |
// | below[GROUPS]                   | OUTPUT  | what the group loses                                     |
// | loss                            | OUTPUT  | of the netted groups; negative for a gain                |
template DeficitScan(SLOTS, SCENARIOS, GROUPS) {
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
    signal input scenario[GROUPS];
    signal input slotScenario[SLOTS][SCENARIOS];
    signal input netScenario[SCENARIOS];
    signal input negative[GROUPS];
    signal output below[GROUPS];
    signal output loss;

    // 1. A scenario is named by its number. One that is none fits no slot, and a group that no slot is a
    // member of loses the same in all of them.
    signal ofGroup[SLOTS][GROUPS];
    signal picked[SLOTS][SCENARIOS];
    signal dampedLoss[SCENARIOS];
    signal dampedGain[SCENARIOS];
    var change[SLOTS];
    for (var i = 0; i < SLOTS; i++) {
        var count = 0;
        var number = 0;
        var named = 0;
        for (var s = 0; s < SCENARIOS; s++) {
            slotScenario[i][s] * (slotScenario[i][s] - 1) === 0;
            count += slotScenario[i][s];
            number += s * slotScenario[i][s];
            picked[i][s] <== slotScenario[i][s] * changes[i][s];
            change[i] += picked[i][s];
        }
        count === 1;
        for (var g = 0; g < GROUPS; g++) {
            ofGroup[i][g] <== member[i][g] * scenario[g];
            named += ofGroup[i][g];
        }
        number === named;
    }
    var netCount = 0;
    var netNumber = 0;
    var lossDamping = 0;
    var gainDamping = 0;
    for (var s = 0; s < SCENARIOS; s++) {
        netScenario[s] * (netScenario[s] - 1) === 0;
        netCount += netScenario[s];
        netNumber += s * netScenario[s];
        dampedLoss[s] <== netScenario[s] * losses[s];
        dampedGain[s] <== netScenario[s] * gains[s];
        lossDamping += dampedLoss[s];
        gainDamping += dampedGain[s];
    }
    netCount === 1;
    for (var g = 0; g < GROUPS; g++) {
        netted[g] * (scenario[g] - netNumber) === 0;
    }

    // 2. to 4. |x| stays below 2^BITS: 2·SLOTS terms of at most 2^64·(2^63 + 1).
    var BITS = MAGNITUDE_BITS() + COEFFICIENT_BITS() + LOG2(2 * SLOTS) + 1;
    signal changed[SLOTS];
    signal flatChanged[SLOTS];
    signal memberChange[SLOTS][GROUPS];
    signal flatChange[SLOTS][GROUPS];
    signal magnitude[GROUPS];
    signal lost[GROUPS];
    signal gained[GROUPS];
    for (var i = 0; i < SLOTS; i++) {
        var long = quantity[i] + short[i];
        changed[i] <== quantity[i] * change[i];
        flatChanged[i] <== quantity[i] * flat[i];
        for (var g = 0; g < GROUPS; g++) {
            memberChange[i][g] <== member[i][g] * (changed[i] + long);
            flatChange[i][g] <== flatMember[i][g] * (flatChanged[i] + long);
        }
    }
    var losing = 0;
    var gaining = 0;
    for (var g = 0; g < GROUPS; g++) {
        var x = 0;
        for (var i = 0; i < SLOTS; i++) {
            x += memberChange[i][g] + flatChange[i][g];
        }
        negative[g] * (negative[g] - 1) === 0;
        magnitude[g] <== (1 - 2 * negative[g]) * x;
        Range(BITS)(magnitude[g]);
        below[g] <== negative[g] * magnitude[g];
        lost[g] <== netLoss[g] * below[g];
        gained[g] <== netGain[g] * (magnitude[g] - below[g]);
        losing += lost[g];
        gaining += gained[g];
    }
    signal hasLoss <== Nonzero()(lossDamping);
    signal netLost <== (lossDamping - hasLoss) * losing;
    signal netGained <== (gainDamping + 1) * gaining;
    loss <== netLost - netGained;
}
