import { NEGATED, type WasmFunction, type WasmModule } from '../../kernel/index.js'

/**
 * How the points of a window come to their buckets: digits of scalars, a counting sort by them, and pairs.
 *
 * A digit is read where it stands. Scalars have half a window added in each window but the highest (see
 * `scalars.ts`), so that a window's bits, less that half, are a signed digit, and nothing is carried.
 */
export function defineSorting(m: WasmModule): void {
  /** Visits every digit that is not zero, with its magnitude in `digit` and 1 in `negative` where it is. */
  const eachDigit = (f: WasmFunction, visit: (digit: number, negative: number) => void, next = () => {}) => {
    const [live, end, scalars, shift, mask, half] = [0, 1, 2, 3, 4, 5]
    const [digit, negative] = [f.local('i32'), f.local('i32')]
    f.loop(() => {
      f.get(live).i32load().i32(5).op('i32.shl').get(scalars).op('i32.add').i32load()
      f.get(shift).op('i32.shr_u').get(mask).op('i32.and').get(half).op('i32.sub').tee(digit)
      f.if(() => {
        f.get(digit).i32(31).op('i32.shr_u').tee(negative)
        f.if(() => f.i32(0).get(digit).op('i32.sub').set(digit))
        visit(digit, negative)
      })
      next()
      f.get(live).i32(4).op('i32.add').tee(live).get(end).op('i32.lt_u').brIf(0)
    })
  }

  /**
   * (live, end, scalars, shift, mask, half, counts): counts[d] grows by the number of digits ±d. `live` to
   * `end` are the numbers of the scalars, at least one; `scalars` is where the first one's window starts, in
   * whole bytes.
   */
  m.define('countDigits', new Array(7).fill('i32'), undefined, (f) => {
    eachDigit(f, (digit) => {
      const at = 6
      const count = f.local('i32')
      f.get(at).get(digit).i32(2).op('i32.shl', 'i32.add').tee(count)
      f.get(count).i32load().i32(1).op('i32.add').i32store()
    })
  })

  /**
   * (live, end, scalars, shift, mask, half, places, points, size): writes the address of each scalar's point,
   * `points` and on, to where places[d] points to, and moves that on.
   */
  m.define('sortDigits', new Array(9).fill('i32'), undefined, (f) => {
    const [places, point, size] = [6, 7, 8]
    const [place, entry] = [f.local('i32'), f.local('i32')]
    eachDigit(
      f,
      (digit, negative) => {
        f.get(places).get(digit).i32(2).op('i32.shl', 'i32.add').tee(place).i32load().tee(entry)
        f.get(point).get(negative).i32(NEGATED).op('i32.mul', 'i32.or').i32store()
        f.get(place).get(entry).i32(4).op('i32.add').i32store()
      },
      () => f.get(point).get(size).op('i32.add').set(point),
    )
  })

  /**
   * (runs, end, pairs, sum, size) → the end of the pairs. A run is the address of its first entry, and how
   * many entries there are. Entries of a run are paired; the address of each pair's sum to be, `sum` and on,
   * takes the place of both, and an odd one stays.
   */
  m.define('pairRuns', new Array(5).fill('i32'), 'i32', (f) => {
    const [run, end, pair, sum, size] = [0, 1, 2, 3, 4]
    const [from, to, left] = [f.local('i32'), f.local('i32'), f.local('i32')]
    f.loop(() => {
      f.get(run).i32load().tee(from).set(to)
      f.get(run).i32load(4).tee(left).i32(1).op('i32.gt_u')
      f.if(() => {
        f.loop(() => {
          f.get(pair).get(from).load64().store64()
          f.get(to).get(sum).i32store()
          f.get(pair).i32(8).op('i32.add').set(pair)
          f.get(sum).get(size).op('i32.add').set(sum)
          f.get(from).i32(8).op('i32.add').set(from)
          f.get(to).i32(4).op('i32.add').set(to)
          f.get(left).i32(2).op('i32.sub').tee(left).i32(1).op('i32.gt_u').brIf(0)
        })
        f.get(left).if(() => {
          f.get(to).get(from).i32load().i32store()
          f.get(to).i32(4).op('i32.add').set(to)
        })
        f.get(run).get(to).get(run).i32load().op('i32.sub').i32(2).op('i32.shr_u').i32store(4)
      })
      f.get(run).i32(8).op('i32.add').tee(run).get(end).op('i32.lt_u').brIf(0)
    })
    f.get(pair)
  })
}
