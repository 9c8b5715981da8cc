/** How many elements of lists are looked at one by one while something runs. */
export async function countVisits(run: () => void | Promise<void>): Promise<number> {
  const prototype = Array.prototype as unknown as Record<string, (...args: unknown[]) => unknown>
  const own = Object.entries(Object.getOwnPropertyDescriptors(Array.prototype)).filter(([name]) =>
    ['some', 'every', 'find', 'findIndex', 'indexOf', 'includes', 'filter'].includes(name),
  )
  let visits = 0
  for (const [name, { value }] of own) {
    prototype[name] = function (this: unknown[], ...args: unknown[]) {
      visits += this.length
      return (value as (...args: unknown[]) => unknown).apply(this, args)
    }
  }
  try {
    await run()
    return visits
  } finally {
    for (const [name, descriptor] of own) Object.defineProperty(Array.prototype, name, descriptor)
  }
}
