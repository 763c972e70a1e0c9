/** The value of a text of JSON (ECMA-262, JSON.parse); undefined, which no JSON means, where the text is none. */
export function parseJson(text: string): unknown {
  // an annotation that is not there, of thousands of objects: an error each, with its stack, was a twentieth of `list`
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
