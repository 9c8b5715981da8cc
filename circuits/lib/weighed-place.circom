pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "poseidon.circom";
include "ledger-slot.circom";
include "leaf.circom";

// WeighedPlace(SLOTS, ACTIVITY): one place of a chunk, at which an account stands, or the rows that a
// customer has of one reason, or nothing of either.
//
// Enforces:  1. account is 0 or 1; where it is 1, leaf is the Leaf(SLOTS) of the holder that accountId, owner
//               and salt open, over well-formed slots of any sign; where it is 0, leaf is 0 and every bit of
//               every slot is 0;
//            2. sum = 1/(idPoint − accountId) · Σ_slots ±magnitude/(instrumentPoint − instrument);
//            3. with ACTIVITY, flowSum = Σ_slots numerator/(flowPoint − pole), where apart is 1 with
//               magnitudes in the pole 2·instrument + sign + 2^17·group, and elsewhere with signed quantities
//               in the pole 2·instrument + 2^17·group.
// Assumes:   apart is 0 or 1 (Weigh); every point is drawn after all leaves are fixed.
// Does not:  hold for 2. and 3. where instrumentPoint or flowPoint is a pole: there a quotient is free. An
//            accountId that is idPoint has no witness. Nor does it say that an empty place is one.
// Cost:      about 84 constraints a slot, 3 more with ACTIVITY, and two hashes: 865 with 4 slots.
//
// | signal            |         | what                                            |
// |-------------------|---------|-------------------------------------------------|
// | account           | PRIVATE | 1 where an account stands here, else 0          |
// | accountId         | PRIVATE | digest of the customer's identifier             |
// | owner             | PRIVATE | commitment to the owner's secret, or 0          |
// | salt              | PRIVATE | what hides both                                 |
// | slots[SLOTS][81]  | PRIVATE | the bits of each slot, lowest first             |
// | idPoint … flowPoint | PRIVATE | the challenges                                |
// | group, apart      | PRIVATE | which flows are added up together, and by sides |
// | leaf              | OUTPUT  |                                                 |
// | sum, flowSum      | OUTPUT  |                                                 |
template WeighedPlace(SLOTS, ACTIVITY) {
    signal input account;
    signal input accountId;
    signal input owner;
    signal input salt;
    signal input slots[SLOTS][SLOT_BITS()];
    signal input idPoint;
    signal input instrumentPoint;
    signal input flowPoint;
    signal input group;
    signal input apart;
    signal output leaf;
    signal output sum;
    signal output flowSum;

    // 1. The leaf, and no holdings without one.
    account * (account - 1) === 0;
    for (var s = 0; s < SLOTS; s++) {
        LedgerSlot(1)(slots[s]);
    }
    signal holder <== Poseidon(TAG_HOLDER(), 3)([accountId, owner, salt]);
    signal own <== Leaf(SLOTS)(holder, slots);
    leaf <== account * own;
    for (var first = 0; first < SLOTS; first += SLOTS_PER_FIELD()) {
        var held = 0; // some slots in one element, as they are packed into a leaf
        for (var s = first; s < SLOTS && s < first + SLOTS_PER_FIELD(); s++) {
            for (var i = 0; i < SLOT_BITS(); i++) {
                held += slots[s][i] * (1 << ((s - first) * SLOT_BITS() + i));
            }
        }
        (1 - account) * held === 0;
    }

    // 2. An inverse and quotients, each of which a constraint expresses as a product: on the next line.
    signal inverse <-- 1 / (idPoint - accountId);
    inverse * (idPoint - accountId) === 1;
    signal signed[SLOTS];
    signal entry[SLOTS];
    signal out[ACTIVITY * SLOTS]; // 1 where a slot is of a side that stands apart
    signal turned[ACTIVITY * SLOTS];
    signal flow[ACTIVITY * SLOTS];
    var entries = 0;
    var flows = 0;
    for (var s = 0; s < SLOTS; s++) {
        var magnitude = 0;
        for (var i = 0; i < MAGNITUDE_BITS(); i++) {
            magnitude += slots[s][i] * (1 << i);
        }
        var sign = slots[s][MAGNITUDE_BITS()];
        var instrument = 0;
        for (var i = 0; i < INSTRUMENT_BITS(); i++) {
            instrument += slots[s][MAGNITUDE_BITS() + 1 + i] * (1 << i);
        }
        signed[s] <== magnitude * (1 - 2 * sign);
        entry[s] <-- signed[s] / (instrumentPoint - instrument);
        entry[s] * (instrumentPoint - instrument) === signed[s];
        entries += entry[s];

        // 3. As above.
        if (ACTIVITY == 1) {
            out[s] <== apart * sign;
            turned[s] <== out[s] * magnitude;
            var pole = 2 * instrument + out[s] + group * (1 << (INSTRUMENT_BITS() + 1));
            flow[s] <-- (signed[s] + 2 * turned[s]) / (flowPoint - pole);
            flow[s] * (flowPoint - pole) === signed[s] + 2 * turned[s];
            flows += flow[s];
        }
    }
    sum <== inverse * entries;
    flowSum <== flows;
}
