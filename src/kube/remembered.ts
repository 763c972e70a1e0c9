/** Longer texts seldom come again, and cost more to keep. */
const longestKept = 100

/**
 * `make`, which gives the same for the same text, with its answers for short texts kept: few of them come again and again.
 * @param most how many are kept, before all are made anew
 */
export function remembered<Made>(make: (text: string) => Made, most: number): (text: string) => Made {
  const known = new Map<string, Made>()
  return (text) => {
    const kept = known.get(text)
    if (kept !== undefined) return kept
    const made = make(text)
    if (text.length > longestKept) return made
    if (known.size >= most) known.clear()
    known.set(text, made)
    return made
  }
}
