import { metricOf, scaled } from '../metrics.ts'
import { numberOf } from '../pairs.ts'
import { type Format, reading } from './format.ts'

/**
 * A format of the user's: each named group is a metric (`loss`, or any name of their own, `_` standing for a blank), and `step`
 * and `epoch` say where.
 */
export function patternFormat(pattern: RegExp): Format {
  return {
    name: 'pattern',
    read(line) {
      const groups = pattern.exec(line)?.groups
      if (!groups) return undefined
      const result = reading()
      for (const [name, text] of Object.entries(groups)) {
        if (text === undefined) continue
        const value = numberOf(text.replace(/,(?=\d{3}\b)/g, ''))
        if (name === 'step') result.step = value
        else if (name === 'epoch') result.epoch = value
        else {
          const known = metricOf(name)
          result.values.set(known?.metric ?? name, known ? scaled(value, known) : value)
        }
      }
      return result.values.size > 0 ? result : undefined
    },
  }
}
