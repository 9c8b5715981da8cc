pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "nonzero.circom";

// DeficitGroups(SLOTS, GROUPS): the groups that an account touches, and which slots are in them.
//
// Enforces:  1. every opened slot counts in the groups that its row names: group keys are told apart by ids
//               that rise from 1 on;
//            2. the slopes of a netted group are bounds for the account: the gain's one above what is
//               published, as it is rounded down, the loss's one below, but not below zero.
// Assumes:   nothing of rows: they are public.
// Does not:  say what groups gain or lose: DeficitScan does.
// Cost:      about 115 constraints a group, 8 a slot, and 2 a slot and group.
//
// | signal                      |         | what                                                        |
// |-----------------------------|---------|-------------------------------------------------------------|
// | opened[SLOTS]               | PRIVATE | 1 for a slot with a row                                     |
// | rowGroup, rowFlatGroup      | PRIVATE | keys by slot, 0 for none                                    |
// | ids, gain, loss[GROUPS]     | PRIVATE | groups, ids rising; slopes, billionths                      |
// | into[GROUPS][SUMS]          | PRIVATE | 1 for the sum that takes the group's own loss; none: netted |
// | member, flatMember          | PRIVATE | 1 for the group that a slot is in                           |
// | groups[GROUPS]              | OUTPUT  | id and sum of each group, as in its key; no two alike       |
// | netted[GROUPS]              | OUTPUT  | 1 for a group that is netted                                |
// | netGain, netLoss[GROUPS]    | OUTPUT  | bounds of its slopes, 0 where it is not                     |
template DeficitGroups(SLOTS, GROUPS) {
    var SUMS = MARGIN_SUMS();
    signal input opened[SLOTS];
    signal input rowGroup[SLOTS];
    signal input rowFlatGroup[SLOTS];
    signal input ids[GROUPS];
    signal input gain[GROUPS];
    signal input loss[GROUPS];
    signal input into[GROUPS][SUMS];
    signal input member[SLOTS][GROUPS];
    signal input flatMember[SLOTS][GROUPS];
    signal output groups[GROUPS];
    signal output netted[GROUPS];
    signal output netGain[GROUPS];
    signal output netLoss[GROUPS];

    // The keys are those of MarginScan.
    signal key[GROUPS];
    signal hasLoss[GROUPS];
    for (var g = 0; g < GROUPS; g++) {
        Range(INSTRUMENT_BITS())(g == 0 ? ids[0] - 1 : ids[g] - ids[g > 0 ? g - 1 : 0] - 1);
        Range(FACTOR_BITS())(gain[g]);
        Range(FACTOR_BITS())(loss[g]);
        var sums = 0;
        var code = 0;
        for (var k = 0; k < SUMS; k++) {
            into[g][k] * (into[g][k] - 1) === 0;
            sums += into[g][k];
            code += (k + 1) * into[g][k];
        }
        netted[g] <== 1 - sums;
        netted[g] * (netted[g] - 1) === 0;
        groups[g] <== ids[g] + code * (1 << 16);
        key[g] <== groups[g] + gain[g] * (1 << 20) + loss[g] * (1 << (20 + FACTOR_BITS()));
        hasLoss[g] <== Nonzero()(loss[g]);
        netGain[g] <== netted[g] * (gain[g] + 1);
        netLoss[g] <== netted[g] * (loss[g] - hasLoss[g]);
    }
    Range(INSTRUMENT_BITS())(ids[GROUPS - 1]);
    signal grouped[SLOTS];
    signal flatGrouped[SLOTS];
    for (var i = 0; i < SLOTS; i++) {
        var memberships = 0;
        var flatMemberships = 0;
        for (var g = 0; g < GROUPS; g++) {
            member[i][g] * (rowGroup[i] - key[g]) === 0;
            flatMember[i][g] * (rowFlatGroup[i] - key[g]) === 0;
            memberships += member[i][g];
            flatMemberships += flatMember[i][g];
        }
        // Keys differ, so at most one member is not 0; where the row names a group and the slot has a row,
        // it is 1.
        grouped[i] <== Nonzero()(rowGroup[i]);
        flatGrouped[i] <== Nonzero()(rowFlatGroup[i]);
        opened[i] * (grouped[i] - memberships) === 0;
        opened[i] * (flatGrouped[i] - flatMemberships) === 0;
    }
}
