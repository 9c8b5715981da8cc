import * as z from 'zod'

/** How a key was made: whoever made a development key can forge with it. */
export const keyKindSchema = z.enum(['development', 'ceremony'])

/**
 * How a key was made: whoever made a development key can forge with it.
 *
 * @useDeclaredType
 */
export type KeyKind = z.infer<typeof keyKindSchema>
