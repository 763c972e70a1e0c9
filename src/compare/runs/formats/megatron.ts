import { type Format, reading, takePairs } from './format.ts'

const iteration = /\biteration\s+(\d+)\s*\/\s*(\d+)/
const validation = /validation loss at (?:iteration|the end of training).*?(\d+)?\b/

/**
 * Megatron-LM's `iteration 10/ 500000 | elapsed time per iteration (ms): 1234.5 | lm loss: 1.0E+01 |` (megatron/training/
 * training.py, training_log) and its `validation loss at iteration 1000 | lm loss value: 2.1E+00`, and NeMo 2's
 * `Training epoch 0, iteration 10/99 | lr: 1e-06 | global_step: 10 | reduced_train_loss: 11.0`.
 */
export const megatron: Format = {
  name: 'megatron',
  read(line) {
    if (!line.includes('iteration') || !line.includes(' | ')) return undefined
    const result = reading()
    const found = iteration.exec(line)
    if (found) {
      result.step = Number(found[1])
      result.stepIsOf = 'run'
      takePairs(result, line, found.index)
    } else {
      const at = /validation loss at iteration (\d+)/.exec(line)
      if (!at || !validation.test(line)) return undefined
      result.step = Number(at[1])
      result.stepIsOf = 'run'
      takePairs(result, line, at.index + at[0].length)
    }
    return result.values.size > 0 ? result : undefined
  },
}
