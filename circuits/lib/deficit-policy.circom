pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "sponge.circom";

// Its tag stands here, beside its only use: every circuit that is frozen includes tags.circom.
function TAG_LIQUIDATION_POLICY() { return 33; }

// Multiples and penalties are in parts per million, below 2^PPM_BITS of them.
function PPM_BITS() { return 21; }

// DeficitPolicy(): what a policy lets liquidations do, and which of its numbers hold for this one.
//
// Enforces:  1. every number keeps to its width; trigger and backstop are at most one, so that no multiple
//               of a requirement is asked of an account that meets it once; every bit of cash is 0 or 1;
//            2. policy = Sponge(TAG_LIQUIDATION_POLICY)(trigger, target, backstop, penalty, takeoverPenalty,
//               overshoot, cash);
//            3. multiple is the trigger and allowed the penalty, or with takeover backstop and
//               takeoverPenalty.
// Assumes:   takeover is 0 or 1 (DeficitMovement).
// Does not:  say that a trigger of zero, or a penalty above one, is worth having: readers know the policy.
// Cost:      about 690 constraints.
//
// | signal                    |         | what                                                          |
// |---------------------------|---------|---------------------------------------------------------------|
// | trigger, target, backstop | PRIVATE | multiples of the requirement; parts per million               |
// | penalty, takeoverPenalty  | PRIVATE | shares of what is closed; parts per million                   |
// | overshoot                 | PRIVATE | units of value                                                |
// | cash[16]                  | PRIVATE | bits of the number of the cash instrument, lowest first       |
// | takeover                  | PRIVATE | 1 where the whole account is closed                           |
// | policy                    | OUTPUT  | digest                                                        |
// | multiple, allowed         | OUTPUT  | that the account was below; that it loses at most             |
template DeficitPolicy() {
    signal input trigger;
    signal input target;
    signal input backstop;
    signal input penalty;
    signal input takeoverPenalty;
    signal input overshoot;
    signal input cash[INSTRUMENT_BITS()];
    signal input takeover;
    signal output policy;
    signal output multiple;
    signal output allowed;

    Range(PPM_BITS())(trigger);
    Range(PPM_BITS())(RATIO_ONE() - trigger);
    Range(PPM_BITS())(target);
    Range(PPM_BITS())(backstop);
    Range(PPM_BITS())(RATIO_ONE() - backstop);
    Range(PPM_BITS())(penalty);
    Range(PPM_BITS())(takeoverPenalty);
    Range(CONSTANT_BITS())(overshoot);
    var number = 0;
    for (var b = 0; b < INSTRUMENT_BITS(); b++) {
        cash[b] * (cash[b] - 1) === 0;
        number += cash[b] * (1 << b);
    }

    component digest = Sponge(TAG_LIQUIDATION_POLICY(), 7);
    digest.in <== [trigger, target, backstop, penalty, takeoverPenalty, overshoot, number];
    policy <== digest.out;

    multiple <== trigger + takeover * (backstop - trigger);
    allowed <== penalty + takeover * (takeoverPenalty - penalty);
}
