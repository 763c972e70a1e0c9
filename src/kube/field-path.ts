/** One step into an object: a key, or an index of a list. */
export type PathStep = string | number

const plainKey = /^[A-Za-z0-9_-]+$/

/** The way to a field: `spec.containers[0].image`; keys with other characters are quoted: `metadata.labels['a.b/c']`. */
export function formatFieldPath(steps: readonly PathStep[]): string {
  let path = ''
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`
    else if (plainKey.test(step)) path += path === '' ? step : `.${step}`
    else path += `['${step.replaceAll(/['\\]/g, '\\$&')}']`
  }
  return path
}

/** The steps of what formatFieldPath writes; undefined for text that is no field path. */
export function parseFieldPath(path: string): PathStep[] | undefined {
  const steps: PathStep[] = []
  const step = /\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|(\.?)([A-Za-z0-9_-]+)/sy
  while (step.lastIndex < path.length) {
    const isFirst = step.lastIndex === 0
    const match = step.exec(path)
    if (match === null) return undefined
    const [, index, quoted, dot, key] = match
    if (index !== undefined) steps.push(Number(index))
    else if (quoted !== undefined) steps.push(quoted.replaceAll(/\\(.)/gs, '$1'))
    else if (key === undefined || (dot === '') !== isFirst) return undefined
    else steps.push(key)
  }
  return steps
}
