import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatherSources, sourceHash } from '../../src/proving/sources.js'

/**
 * x[0]·…·x[N-1] = product, and every factor's square in a sum: linear and non-linear constraints, sparse A
 * and B.
 */
const PRODUCT = `pragma circom 2.1.0;
include "square.circom";
template Product(N, OFFSET) {
  signal input factors[N][2];
  signal input product;
  signal input sum;
  signal partial[N];
  component squares[N];
  var total = 0;
  for (var i = 0; i < N; i++) {
    partial[i] <== (i == 0 ? 1 : partial[i - 1]) * factors[i][0];
    squares[i] = Square();
    squares[i].in <== factors[i][0] + 7 * factors[i][1];
    total += (i + 3) * squares[i].out;
  }
  partial[N - 1] === product;
  total + OFFSET === sum;
}
`
const SQUARE = `pragma circom 2.1.0;
template Square() {
  signal input in;
  signal output out;
  out <== in * in;
}
`

export const INSTANCE = {
  statement: 'product',
  file: 'product.circom',
  template: 'Product',
  params: { FACTORS: 3, OFFSET: 5 },
  public: ['product', 'sum'],
}

/** As circom itself counts them. */
export const COUNT = { nonLinear: 5, linear: 4, wires: 16, public: 2 }

/** What the compiler makes of `INSTANCE`, the same each time. */
const SHA256 = {
  r1cs: '10244cfa86aef5adf5fa9ba8e8124ee417ddb249b03aff2d0d4744c1bcbbc391',
  wasm: 'c467e532391c261de986fee40a05d55b007e529d2ea1035eb0c23385785363cd',
  symbols: 'f42ccaabfebac77707e06ef887536d403eb3436c9faffbe5a83bd0933bd201a3',
}

/** Inputs that satisfy `INSTANCE`. */
export const INPUTS = {
  factors: [
    [2n, 1n],
    [3n, 0n],
    [5n, 2n],
  ],
  product: 30n,
  sum: 3n * 81n + 4n * 9n + 5n * 361n + 5n,
}

/** A new folder; who asks for it removes it. */
export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'plimsoll-test-'))
}

/** A circuits' folder of its own with one instance, `product-tiny`. */
export async function writeCircuits(
  directory: string,
  { square = SQUARE, instance = INSTANCE } = {},
): Promise<string> {
  await mkdir(join(directory, 'lib'), { recursive: true })
  await writeFile(join(directory, 'product.circom'), PRODUCT)
  await writeFile(join(directory, 'lib', 'square.circom'), square)
  await writeFile(join(directory, 'instances.json'), JSON.stringify({ 'product-tiny': instance }))
  const named = { name: 'product-tiny', ...instance }
  const sources = sourceHash(named, gatherSources([instance.file], { circuitsDir: directory }))
  // Of another circuit nobody knows what comes out.
  const known = square === SQUARE && instance === INSTANCE
  const snapshots = known ? { 'product-tiny': { ...COUNT, sha256: { sources, ...SHA256 } } } : {}
  await writeFile(join(directory, 'constraints.json'), JSON.stringify(snapshots))
  return directory
}
