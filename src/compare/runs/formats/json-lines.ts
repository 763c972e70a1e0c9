import { parseJson } from '../../../kube/parse-json.ts'
import { metricOf, scaled } from '../metrics.ts'
import { type Format, reading, takeNamed } from './format.ts'

/** A line longer than this is data, not a measure. */
const longest = 16_384

/**
 * One JSON object a line, with numbers by name: `{"step": 10, "loss": 0.5}`, one level deep or two (`{"metrics": {...}}`); also
 * Katib's `{"metricName": "accuracy", "metricValue": 0.9}`. NaN, which Python writes and JSON has not, is read.
 */
export const jsonLines: Format = {
  name: 'json',
  read(line) {
    const start = line.indexOf('{"')
    if (start < 0 || line.length - start > longest || line.lastIndexOf('}') < start) return undefined
    const parsed = parse(line.slice(start, line.lastIndexOf('}') + 1))
    if (parsed === undefined) return undefined
    const result = reading()
    const { metricName, metricValue } = parsed
    if (typeof metricName === 'string') {
      const number = Number(metricValue)
      const known = metricOf(metricName)
      if (metricValue === undefined || Number.isNaN(number)) return undefined
      result.values.set(known?.metric ?? metricName, known ? scaled(number, known) : number)
      return result
    }
    for (const [name, value] of Object.entries(parsed)) {
      if (typeof value === 'number') takeNamed(result, name, value)
      else if (value === null && metricOf(name)) takeNamed(result, name, Number.NaN)
      else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        // `{"val": {"loss": 1}}` is no loss of the training, and neither is `{"loss": {"val": 1}}`
        for (const [inner, number] of Object.entries(value))
          if (typeof number === 'number' && !takeNamed(result, `${name} ${inner}`, number))
            takeNamed(result, `${inner} ${name}`, number)
      }
    }
    return result.values.size > 0 ? result : undefined
  },
}

function parse(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text)
  if (value !== undefined) return value as Record<string, unknown>
  // Python's json writes NaN and Infinity, which are no JSON
  const mended = text.replace(/(:\s*)(?:NaN|-?Infinity)(?=\s*[,}])/g, '$1null')
  return mended === text ? undefined : (parseJson(mended) as Record<string, unknown> | undefined)
}
