import { numberOf } from '../pairs.ts'
import { type Format, reading } from './format.ts'

/** After the words of a logger, as XGBoost's tracker writes it (`2026-08-01 10:00:00,123 INFO [3]<TAB>`), the tab tells. */
const round =
  /^(?:\[\d\d:\d\d:\d\d\]\s*)?(?:(?:\S+ )?\[(\d+)\][ \t]+|[^[\]\t]{1,80}[ :]\[(\d+)\]\t)(?=[^\s:]+(?: [^\s:]+)?:)/
const value = /([\w.@-]+(?:'s [\w.@-]+)?):\s*([-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))(?![\w.]|,\d)/gi

/**
 * Evaluation lines of XGBoost, `[12]<TAB>train-rmse:0.12<TAB>eval-rmse:0.23` (python-package/xgboost/callback.py,
 * EvaluationMonitor), and of LightGBM, `[12]<TAB>valid_0's l2: 0.2`. Names stay as they are: they say of which data and by
 * which measure.
 */
export const xgboost: Format = {
  name: 'xgboost',
  read(line) {
    const found = line.includes(']') ? round.exec(line) : null
    if (!found) return undefined
    const result = reading()
    result.step = Number(found[1] ?? found[2])
    result.stepIsOf = 'run'
    for (const [, name = '', number = ''] of line.slice(found[0].length).matchAll(value)) {
      result.values.set(name, numberOf(number))
    }
    return result.values.size > 0 ? result : undefined
  },
}
