/** A label's value has no more characters: with a longer one the API server refuses the selector (kubernetes v1.36.3, apimachinery pkg/labels/selector.go). */
const longestValue = 63

/** The selector of what has one of these values as a label; of nothing where none of them can be a label's value, as names of objects may be longer. */
export function hasLabel(key: string, ...values: readonly string[]): string {
  const [first, ...others] = values.filter(({ length }) => length <= longestValue)
  if (first === undefined) return `${key},!${key}`
  return others.length === 0 ? `${key}=${first}` : `${key} in (${[first, ...others].join(',')})`
}
