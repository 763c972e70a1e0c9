/** How an entry of managedFields begins and goes on in the API server's JSON of custom resources, whose keys are sorted. */
const opening = '"fieldsType":"FieldsV1","fieldsV1":{'
const closing = '},"manager":'

/** Outlines of the last few sets of fields: what one client writes of many objects is the same. */
const outlines = new Map<string, string>()
const mostOutlines = 200

/**
 * JSON of the API server in which the fields that managers own are told by their top level alone: `"fieldsV1":{"f:spec":{}}`. They are
 * nearly half of the JSON of jobs, and only the top level is of use to tell who wrote a spec. All else stays as it is, and a text in which
 * such fields stand in another way comes back unchanged.
 */
export function outlineOwnedFields(text: string): string {
  const parts: string[] = []
  let kept = 0
  for (let found = text.indexOf(opening); found >= 0; found = text.indexOf(opening, kept)) {
    const begin = found + opening.length - 1
    const end = text.indexOf(closing, begin)
    if (end < 0) break
    parts.push(text.slice(kept, begin), outlineOf(text.slice(begin, end + 1)))
    kept = end + 1
  }
  if (kept === 0) return text
  parts.push(text.slice(kept))
  return parts.join('')
}

function outlineOf(fields: string): string {
  const known = outlines.get(fields)
  if (known !== undefined) return known
  const outline = newOutline(fields)
  if (outlines.size >= mostOutlines) outlines.clear()
  // a copy: a slice would keep the whole page it was cut from
  outlines.set(Buffer.from(fields).toString(), outline)
  return outline
}

function newOutline(fields: string): string {
  try {
    const keys = Object.keys(JSON.parse(fields))
    return JSON.stringify(Object.fromEntries(keys.map((key) => [key, {}])))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // not the whole object: it goes on in another way than those of the API server
    return fields
  }
}
