import { describe, expect, test } from 'vitest'
import { runCircomspect } from '../../scripts/soundness/linters/circomspect.js'
import { type Finding, judge } from '../../scripts/soundness/linters/findings.js'
import { hintFindings, missingConstraints } from '../../scripts/soundness/linters/hints.js'
import { inspectCircuit } from '../../scripts/soundness/linters/inspect.js'
import {
  circomspectRow,
  forgeRow,
  hintsRow,
  inspectedInstances,
  inspectRow,
  verifiersRow,
} from '../../scripts/soundness/linters/section.js'
import { forgeLint, heirsOfVerifiers } from '../../scripts/soundness/linters/solidity.js'

const holds = expect.objectContaining({ result: 'holds' })
const codes = (findings: readonly Finding[]) =>
  findings.map(({ file, line, code }) => `${file}:${line} ${code}`)

/** In a loop and below an anonymous component: where circomspect by itself looks at nothing. */
const LOOSE = `pragma circom 2.1.0;
template Square() {
    signal input in;
    signal output out <== in * in;
}
template Loose(N) {
    signal input in[N];
    signal output out[N];
    signal half[N];
    for (var i = 0; i < N; i++) {
        out[i] <== Square()(
            in[i]
        );
        half[i] <-- in[i] \\ 2;
    }
}
`

describe('an assignment that is no constraint (ledger.12, solvency.10, margin.10)', () => {
  test('C24: circomspect looks at every template and function and warns of nothing that is not explained', () => {
    expect(circomspectRow()).toEqual(holds)
  })

  test('the constraint of every <-- is next to it, or where the reviewed list says', () => {
    expect(hintsRow()).toEqual(holds)
  })

  test('C24: circom --inspect finds no unconstrained signal that is not explained', () => {
    expect(inspectRow(inspectedInstances(true))).toEqual(holds)
  })

  test('control: circomspect finds one in a loop with an anonymous component', () => {
    const { findings, overlooked } = runCircomspect(new Map([['loose.circom', LOOSE]]))
    expect(codes(findings)).toContain('loose.circom:14 CS0005')
    expect(findings.find(({ line }) => line === 14)?.at).toBe('half[i] <-- in[i] \\ 2;')
    expect(overlooked).toEqual([])
  })

  test('control: what circomspect cannot read is said to be overlooked', () => {
    const broken = LOOSE.replace('signal half[N];', 'signal half[N]')
    expect(runCircomspect(new Map([['loose.circom', broken]])).overlooked).toEqual(['Square', 'Loose'])
  })

  test('control: circom --inspect finds one', () => {
    const findings = inspectCircuit(
      new Map([
        ['loose.circom', LOOSE],
        ['circuit.circom', 'pragma circom 2.1.0; include "loose.circom"; component main = Loose(2);'],
      ]),
    )
    expect(findings.map(({ file, code, at }) => [file, code, at])).toEqual([
      ['loose.circom', 'CA01', 'Loose: half'],
    ])
  })

  describe('control: the check of hints', () => {
    const hint = (...lines: string[]) => new Map([['a.circom', ['template A() {', ...lines, '}'].join('\n')]])

    test('passes a constraint with a reason, behind another statement, over lines, or on a whole array', () => {
      for (const lines of [
        ['// A quotient.', 'q[i] <-- a / b;', 'q[i] * b === a;'],
        ['/* A quotient. */', 'signal q <-- a / b;', 'sum += q;', 'b * q', '=== a;'],
        ['// Bits.', 'signal q[N] <-- a;', 'for (var i = 0; i < N; i++) {', 'q[i] * (q[i] - 1) === 0;', '}'],
      ])
        expect(hintFindings(hint(...lines))).toEqual([])
    })

    test.each([
      ['no constraint', ['// A quotient.', 'q <-- a / b;', 'q * b ==> c;']],
      ['one of another signal', ['// A quotient.', 'q[i] <-- a / b;', 'q[j] * b === a;']],
      ['one of a signal whose name goes on', ['// A quotient.', 'q <-- a / b;', 'qs * b === a;']],
      ['one in a comment', ['// A quotient.', 'q <-- a / b;', '// q * b === a;']],
      ['one out of its block', ['// A quotient.', 'if (c) { q <-- a / b; }', 'q * b === a;']],
      ['one far below', ['// A quotient.', 'q <-- a / b;', 'x = 1;', 'x = 2;', 'x = 3;', 'q * b === a;']],
    ])('finds %s', (_, lines) => {
      expect(hintFindings(hint(...lines)).map(({ code }) => code)).toEqual(['constraint'])
    })

    test('finds a hint without a reason, and one to the right', () => {
      expect(codes(hintFindings(hint('q <-- a / b;', 'q * b === a;')))).toEqual(['a.circom:2 reason'])
      expect(codes(hintFindings(hint('// A quotient.', 'a / b --> q;')))).toEqual(['a.circom:3 arrow'])
    })

    test('finds a constraint that a reviewed entry names and that is gone', () => {
      const entry = {
        file: 'a.circom',
        code: 'constraint',
        at: ['q <-- a / b'],
        why: '',
        constrainedBy: ['q * b === a'],
      }
      const lines = ['q <-- a / b;', 'if (c) {', 'q * b', '  === a;', '}']
      expect(missingConstraints(hint(...lines), [entry])).toEqual([])
      expect(
        missingConstraints(hint(...lines.map((line) => line.replace('a;', 'c;'))), [entry]),
      ).toHaveLength(1)
      expect(missingConstraints(hint('// q * b === a;'), [entry])).toHaveLength(1)
    })
  })
})

describe('contracts (gate.1)', () => {
  test('forge lint says nothing that is not explained', async () => {
    expect(await forgeRow()).toEqual(holds)
  })

  test('S02: no contract inherits a verifier', async () => {
    expect(await verifiersRow()).toEqual(holds)
  })

  const verifier =
    'contract Verifier { function verifyProof() public pure returns (bool) { assembly { return(0, 32) } } }'
  const solidity = (text: string) => ({
    'A.sol': `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.28;\n${text}`,
  })

  test('control: an heir is found, at one remove too; a caller is none', () => {
    const heirs = 'contract Heir is Verifier { bool public done; } contract Grandchild is Heir {}'
    expect(heirsOfVerifiers(solidity(`${verifier} ${heirs}`))).toEqual([
      'Heir inherits Verifier',
      'Grandchild inherits Verifier',
    ])
    const caller =
      'contract Caller { function ask(Verifier v) external pure returns (bool) { return v.verifyProof(); } }'
    expect(heirsOfVerifiers(solidity(`${verifier} ${caller}`))).toEqual([])
  })

  test('control: forge lint finds a division before a multiplication', () => {
    const findings = forgeLint(
      solidity(
        'contract A {\n function f(uint256 a) external pure returns (uint256) {\n  return (a / 3) * 5;\n }\n}',
      ),
    )
    expect(codes(findings)).toContain('A.sol:5 divide-before-multiply')
  })
})

test('what is allowed and what is found agree in both directions (ledger.12, gate.1)', () => {
  const found = { file: 'a', line: 1, code: 'C', at: 'x', message: 'm' }
  const allowed = { file: 'a', code: 'C', at: ['x'], why: 'w' }
  expect(judge([found], [allowed])).toEqual({ unexplained: [], stale: [] })
  expect(judge([{ ...found, at: 'y' }], [allowed])).toEqual({
    unexplained: ['a:1 C "y": m'],
    stale: ['["a","C","x"]'],
  })
  expect(judge([{ ...found, code: 'D' }], []).unexplained).toHaveLength(1)
  expect(inspectRow([])).toMatchObject({
    result: 'fails',
    detail: expect.stringContaining('allowed and not found any more'),
  })
})
