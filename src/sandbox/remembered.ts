/** What is worked out of an object once, as the same ones are asked of again and again; they must never be changed in place. */
export function remembered<K extends object, T>(make: (object: K) => T): (object: K) => T {
  const known = new WeakMap<K, T>()
  return (object) => {
    const found = known.get(object)
    if (found !== undefined) return found
    const made = make(object)
    known.set(object, made)
    return made
  }
}
