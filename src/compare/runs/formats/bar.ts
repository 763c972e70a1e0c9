import { numberOf } from '../pairs.ts'
import { type Format, type Reading, reading, takePairs } from './format.ts'

/** ` 45%|####     | 450/1000 [00:12<00:15, 36.0it/s, loss=0.1]` (tqdm 4 std.py, format_meter). */
const meter = /(\d+)\/(\d+) \[[\d:]+<(?:[\d:]+|\?)(?:, *(?:([\d.]+)(it\/s|s\/it|\w{1,12}\/s|s\/\w{1,12})|\?\w+\/s))?/
/** Lightning's other bar, of Rich: `Epoch 0/9 ━━━━━━ 45/100 0:00:05 • 0:00:06 20.1it/s v_num: 0 train_loss: 0.5` */
const richMeter = /\bEpoch (\d+)\/\d+ +[\x80-\xff ]+(\d+)\/(\d+) [\d:]+ [\x80-\xff]+ [-\d:]+ +(\d+\.?\d*)it\/s/
const epochBefore = /\bepoch\s*[:=#[]?\s*(\d+)(?:\s*\/\s*(\d+))?/i
const trains = /^\W*(?:\d+%|$)|epoch|train|step|iter|loss/i
const others = /valid|sanity|eval|test|predict|download|tokeni[sz]|loading|generating|filter|map\b/i

/**
 * Progress bars of tqdm, and so of Lightning and NeMo (`Epoch 0: 45%|... [..., 36.0it/s, v_num=0, loss=0.1]`). The step is
 * that of the epoch when the bar names one.
 */
export const bar: Format = {
  name: 'bar',
  read(line, state) {
    if (!line.includes('%|') && !line.includes('it/s') && !line.includes('s/it')) return undefined
    const found = meter.exec(line)
    if (!found) return ofRich(line)
    const before = line.slice(0, found.index)
    if (others.test(before) || !trains.test(before.trimStart())) return undefined
    const [whole, at = '', of = '', rate, unit] = found
    const result = reading()
    result.step = Number(at)
    result.stepsPerEpoch = Number(of)
    const epoch = epochBefore.exec(before)
    if (epoch) {
      // `Epoch 1/10` counts from one, Lightning's `Epoch 0` from none
      result.epoch = Number(epoch[1]) - (epoch[2] === undefined ? 0 : 1)
      result.stepIsOf = 'epoch'
    } else {
      result.stepIsOf = 'run'
    }
    takePairs(result, line, found.index + whole.length)
    const counted = unit === 'it/s' || unit === 's/it' || /^(?:s\/)?(?:step|batch)/.test(unit ?? '')
    if (result.values.size === 0) {
      if (!counted) return undefined
      state.longestBar = Math.max(state.longestBar ?? 0, result.stepsPerEpoch)
      if (result.stepsPerEpoch < state.longestBar) return undefined
    }
    if (rate !== undefined && unit !== undefined && !result.values.has('step time')) {
      const value = numberOf(rate)
      if (value > 0 && counted) result.values.set('step time', unit.startsWith('s/') ? value : 1 / value)
    }
    return result
  },
}

function ofRich(line: string): Reading | undefined {
  const found = line.includes('it/s') ? richMeter.exec(line) : null
  if (!found) return undefined
  const result = reading()
  result.epoch = Number(found[1])
  result.step = Number(found[2])
  result.stepsPerEpoch = Number(found[3])
  result.stepIsOf = 'epoch'
  const rate = Number(found[4])
  if (rate > 0) result.values.set('step time', 1 / rate)
  takePairs(result, line, found.index + found[0].length)
  return result
}
