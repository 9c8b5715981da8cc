// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRiskRegister} from "../../contracts/interfaces/IRiskRegister.sol";
import {RiskRegisterFixtures} from "./RiskRegisterFixtures.sol";

/// @dev Everybody who calls a register, and a log of what they may have changed.
contract RegisterUsers is RiskRegisterFixtures {
    uint256 private constant ROOTS = 3;

    mapping(uint256 root => uint256) private _marks;
    mapping(uint256 root => uint256) private _proposedAt;
    mapping(uint256 root => bool) private _vetoed;
    mapping(uint256 root => bool) private _reported;
    int256[3] private _answers = [ANSWER, ANSWER, ANSWER];
    uint256[3] private _times = [uint256(START), START, START];
    uint256 public reports;
    uint256 public proposals;

    function tell(uint256 which, int64 move, uint16 age) external {
        which %= 4;
        for (uint256 i = 0; i < 3; ++i) {
            if (which != 3 && i != which) continue;
            _answers[i] = move % 16 == 0 ? move : ANSWER + move % (ANSWER / 8);
            _times[i] = block.timestamp + 60 - age % 4_000;
            feeds[i].tell(_answers[i], _times[i]);
        }
    }

    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % 2_000);
    }

    function proposeAny(uint256 root, uint32 off) external {
        root = 1 + root % ROOTS;
        uint256 mark = MARK * (980_000 + off % 40_000) / 1_000_000;
        bytes memory call = proposal(root, tableWith(mark));
        (bool priced, uint256 price) = expected();
        bool fits = _marks[root] == 0 && priced && distance(mark, price) <= 10_000;
        require((refusal(address(this), call).length == 0) == fits, "a proposal against the words");
        if (!fits) return;
        (_marks[root], _proposedAt[root]) = (mark, block.timestamp);
        ++proposals;
    }

    function vetoAny(uint256 root, uint256 how) external {
        if (how % 8 != 0) return;
        root = 1 + root % ROOTS;
        if (refusal(address(this), abi.encodeCall(IRiskRegister.veto, (root, "why"))).length == 0) {
            _vetoed[root] = true;
        }
    }

    /// @dev Nothing but a price that anyone can read changes what is reported.
    function report(uint256 root) external {
        root = 1 + root % ROOTS;
        bool done = refusal(stranger, checking(root, _marks[root])).length == 0;
        (bool priced, uint256 price) = expected();
        uint256 ppm = priced ? distance(_marks[root], price) : 0;
        bool due = _marks[root] != 0 && priced && (_reported[root] ? ppm <= 25_000 : ppm > 50_000);
        require(done == due, "a report without evidence, or evidence without a report");
        if (!done) return;
        _reported[root] = !_reported[root];
        ++reports;
    }

    function observe() external {
        refusal(stranger, abi.encodeCall(IRiskRegister.observe, (SPOT)));
    }

    /// @dev What is the governor's, tried by somebody else.
    function usurp(uint256 what, uint256 root) external {
        bytes[3] memory calls = [
            abi.encodeCall(IRiskRegister.veto, (1 + root % ROOTS, "why")),
            abi.encodeCall(IRiskRegister.dropInstrument, (SPOT)),
            proposal(ROOT, tableWith(MARK))
        ];
        require(refusal(stranger, calls[what % 3]).length != 0, "the governor's part was taken");
    }

    function check() external view {
        for (uint256 root = 1; root <= ROOTS; ++root) {
            bool doubted = _vetoed[root] || _reported[root];
            require(register.isSuspended(root) == doubted, "suspended against the log");
            uint256 from = _proposedAt[root] + VETO;
            bool usable = _marks[root] != 0 && !doubted && block.timestamp >= from
                && block.timestamp <= from + LIFETIME;
            require((register.contentOf(root) != 0) == usable, "usable against the log");
        }
        (bool given, bytes memory said) = address(register).staticcall(priceCall());
        (bool priced, uint256 price) = expected();
        require(given == priced && (!given || abi.decode(said, (uint256)) == price), "another price");
    }

    /// @dev The price by the words of the interface, for three feeds and a quorum of two.
    function expected() private view returns (bool priced, uint256 price) {
        uint256 count;
        uint256 sum;
        uint256 low = type(uint256).max;
        uint256 high;
        for (uint256 i = 0; i < 3; ++i) {
            bool late = _times[i] > block.timestamp || block.timestamp - _times[i] > MAX_AGE;
            if (_answers[i] <= 0 || late) continue;
            uint256 each = uint256(_answers[i]) * 1e10;
            ++count;
            sum += each;
            if (each < low) low = each;
            if (each > high) high = each;
        }
        if (count < 2 || (high - low) * 1_000_000 > low * 20_000) return (false, 0);
        return (true, count == 2 ? sum / 2 : sum - low - high);
    }

    /// @dev In millionths of the price, rounded up, below a whole.
    function distance(uint256 mark, uint256 price) private pure returns (uint256) {
        uint256 value = mark * 1e14;
        uint256 apart = value > price ? value - price : price - value;
        return apart >= price ? 1_000_000 : (apart * 1_000_000 + price - 1) / price;
    }
}

/// @dev Random sequences of everything that anybody can do. How many and how long: FOUNDRY_INVARIANT_RUNS and
///      FOUNDRY_INVARIANT_DEPTH.
/// claim: register.1, register.2, register.3, register.4, register.5
contract RiskRegisterInvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    RegisterUsers private users;

    function setUp() public {
        users = new RegisterUsers();
        users.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[10] memory steps = [
            RegisterUsers.tell.selector,
            RegisterUsers.tell.selector,
            RegisterUsers.tell.selector,
            RegisterUsers.wait.selector,
            RegisterUsers.proposeAny.selector,
            RegisterUsers.vetoAny.selector,
            RegisterUsers.report.selector,
            RegisterUsers.report.selector,
            RegisterUsers.observe.selector,
            RegisterUsers.usurp.selector
        ];
        targets[0] = FuzzSelector(address(users), new bytes4[](steps.length));
        for (uint256 i = 0; i < steps.length; ++i) {
            targets[0].selectors[i] = steps[i];
        }
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_S35_noTableIsSuspendedWithoutEvidenceOrUsedAgainstIt() external view {
        users.check();
    }

    function test_S35_theStepsReachTheRegister() external {
        users.proposeAny(0, 20_000);
        users.tell(3, int64(int256(5_000_000_000_000) / 10), 60);
        users.report(0);
        users.check();
        require(users.proposals() == 1 && users.reports() == 1, "a proposal and a report have to be taken");
    }
}
