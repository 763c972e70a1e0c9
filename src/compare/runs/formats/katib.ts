import { metricOf, scaled } from '../metrics.ts'
import { numberOf } from '../pairs.ts'
import { type Format, reading } from './format.ts'

/** Nothing but names and values, after a time and a level at most. */
const whole =
  /^(?:\S*\d\d:\d\d:\d\d\S*\s+)?(?:\[?(?:INFO|DEBUG)\]?:?\s+)?((?:[\w|@./-]+\s*=\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?%?[\s,;]*)+)$/i
const one = /([\w|@./-]+)\s*=\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)/gi
/** What is set and not measured: `seed=42`, `max_steps=1000`, `batch_size=32`. */
const settings = /(?:^|[_-])(?:seed|steps|epochs|iters|iterations|size)$/i
const axis = /^(?:global_)?step$|^iter(?:ation)?$/i

/**
 * Katib's `name=value` (its default filter, pkg/metricscollector/v1beta1/common/const.go): every name counts, as the objective
 * of an experiment may be called anything.
 */
export const katib: Format = {
  name: 'katib',
  read(line) {
    const found = line.includes('=') && line.length < 2000 ? whole.exec(line) : null
    if (!found) return undefined
    const result = reading()
    for (const [, name = '', text = ''] of (found[1] ?? '').matchAll(one)) {
      const value = numberOf(text)
      if (/^epoch$/i.test(name)) result.epoch = value
      else if (axis.test(name)) result.step = value
      else if (!settings.test(name)) {
        const known = metricOf(name)
        result.values.set(known?.metric ?? name, known ? scaled(value, known) : value)
      }
    }
    return result.values.size > 0 ? result : undefined
  },
}
