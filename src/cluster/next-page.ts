/** The end of a list of custom resources, whose keys the API server sorts: `"metadata":{"continue":"...","remainingItemCount":9500,"resourceVersion":"..."}}`. */
const ending = /"metadata":\{"continue":"([^"\\]+)"[^{}]*\}\}\s*$/

/** As much of a text as its metadata and a continue token take. */
const endingLength = 4096

/**
 * The continue token of a list, told by its text before that is parsed; undefined where it stands elsewhere, as in lists of built-in resources,
 * and where there is none.
 */
export function nextPageOf(text: string): string | undefined {
  const token = ending.exec(text.slice(-endingLength))?.[1]
  // a copy: a slice would keep the whole text it was cut from
  return token === undefined ? undefined : Buffer.from(token).toString()
}
