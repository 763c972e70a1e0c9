import { barOfEvaluation, type Format, reading, takePairs } from './format.ts'

const epochLine = /^\W*Epoch (\d+)\/\d+\W*$/
/** `100/100 [====] - 2s 20ms/step - loss: 0.5`, Keras 3 `100/100 ━━━━ 2s 20ms/step - loss: 0.5`, verbose=2 `100/100 - 2s - loss: 0.5`. */
const barLine = /^\s*(\d+)\/(\d+)\s+(?:\[[=>.]*\]|-|[\x80-\xff]+|━+).* - /
const perStep = /([\d.]+)(ms|us|s)\/(step|epoch)/g

/** Keras' progress bar (keras/src/utils/progbar.py); the epoch stands on a line of its own before its bar, evaluations follow it. */
export const keras: Format = {
  name: 'keras',
  read(line, state) {
    const epoch = epochLine.exec(line)
    if (epoch) {
      state.epoch = Number(epoch[1])
      delete state.barOfEpoch
      return undefined
    }
    const found = line.includes(' - ') ? barLine.exec(line) : null
    if (!found) return undefined
    const result = reading()
    result.step = Number(found[1])
    result.stepsPerEpoch = Number(found[2])
    if (state.epoch === undefined) result.stepIsOf = 'run'
    else {
      result.epoch = state.epoch - 1
      result.stepIsOf = 'epoch'
    }
    for (const [, amount = '', unit, per] of line.matchAll(perStep)) {
      const seconds = Number(amount) * (unit === 'ms' ? 1e-3 : unit === 'us' ? 1e-6 : 1)
      result.values.set(per === 'epoch' ? 'epoch time' : 'step time', seconds)
    }
    takePairs(result, line)
    return result.values.size > 0 ? (barOfEvaluation(result, state) ?? result) : undefined
  },
}
