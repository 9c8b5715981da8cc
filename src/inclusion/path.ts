import * as z from 'zod'
import { rootOfPath, TREE_ARITY, type TreePath } from '../hash/index.js'
import { fieldElementSchema } from '../schema/index.js'

/**
 * A place in a tree of fixed depth, and per level, the lowest first, the 15 other children of the node above.
 */
export const pathSchema = (depth: number) =>
  z.strictObject({
    index: z
      .int()
      .nonnegative()
      .max(TREE_ARITY ** depth - 1),
    siblings: z.array(z.array(fieldElementSchema).length(TREE_ARITY - 1)).length(depth),
  })

/** A path as a file has it. */
export type InclusionPath = z.infer<ReturnType<typeof pathSchema>>

/** A tree path without the nodes on the way, which the verifier computes. */
export function withoutWay({ index, levels }: TreePath): InclusionPath {
  const siblings = levels.map((children, depth) =>
    children.toSpliced(digit(index, depth), 1).map((child) => child.toString()),
  )
  return { index, siblings }
}

/** A path with its way filled in from `leaf` up, and the root that it leads to. */
export function withWay(leaf: bigint, { index, siblings }: InclusionPath): { path: TreePath; root: bigint } {
  let root = leaf
  const levels = siblings.map((level, depth) => {
    const at = digit(index, depth)
    const children = level.map(BigInt).toSpliced(at, 0, root)
    root = rootOfPath(root, { index: at, levels: [children] })!
    return children
  })
  return { path: { index, levels }, root }
}

/** Which of its parent's children the way to `index` takes, `depth` levels above the leaves. */
function digit(index: number, depth: number): number {
  return Math.floor(index / TREE_ARITY ** depth) % TREE_ARITY
}
