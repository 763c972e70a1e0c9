import { barOfEvaluation, type Format, ofEvaluation, reading, takePairs } from './format.ts'

/** PaddleClas' mean of an evaluation; of its batches nothing is read */
const evaluated = /\[Eval\]\[Epoch (\d+)\](\[Avg\])?/
const bracketed = /\[Epoch (\d+)\/\d+\]\[Iter: (\d+)\/(\d+)\]/
const globalStep = /\bglobal step (\d+), epoch: (\d+)/
const speed = /speed: ([\d.]+) step\/s/
const hapi = /^\W*step (\d+)\/(\d+)\b.* - /
const hapiTime = /([\d.]+)(ms|s)\/step/

/**
 * PaddlePaddle: PaddleClas' `[Train][Epoch 1/120][Iter: 10/5004]lr: 0.1, CELoss: 6.9, loss: 6.9, batch_cost: 0.5s, ips: 256.0
 * samples/s`, PaddleNLP's `global step 10, epoch: 1, batch: 9, loss: 0.69, speed: 3.2 step/s`, and the bar of paddle.Model
 * (python/paddle/hapi/progressbar.py), `step 10/100 - loss: 0.5 - acc: 0.8 - 20ms/step`.
 */
export const paddle: Format = {
  name: 'paddle',
  read(line, state) {
    const result = reading()
    const evaluation = line.includes('[Eval][Epoch ') ? evaluated.exec(line) : null
    if (evaluation) {
      if (evaluation[2] === undefined) return result
      takePairs(result, line, evaluation.index + evaluation[0].length)
      return ofEvaluation({ ...result, epoch: Number(evaluation[1]) })
    }
    const clas = line.includes('[Iter: ') ? bracketed.exec(line) : null
    const nlp = !clas && line.includes('global step ') ? globalStep.exec(line) : null
    const bar = !clas && !nlp && line.includes('step ') && line.includes(' - ') ? hapi.exec(line) : null
    if (clas) {
      takePairs(result, line, clas.index + clas[0].length)
      result.epoch = Number(clas[1]) - 1
      result.step = Number(clas[2])
      result.stepsPerEpoch = Number(clas[3])
      result.stepIsOf = 'epoch'
    } else if (nlp) {
      takePairs(result, line, nlp.index + nlp[0].length)
      const rate = speed.exec(line)
      if (rate) result.values.set('step time', 1 / Number(rate[1]))
      result.epoch = Number(nlp[2])
      result.step = Number(nlp[1])
      result.stepIsOf = 'run'
    } else if (bar) {
      takePairs(result, line)
      const time = hapiTime.exec(line)
      if (time) result.values.set('step time', Number(time[1]) * (time[2] === 'ms' ? 0.001 : 1))
      result.step = Number(bar[1])
      result.stepsPerEpoch = Number(bar[2])
      result.stepIsOf = state.epoch === undefined ? 'run' : 'epoch'
      if (state.epoch !== undefined) result.epoch = state.epoch - 1
      if (result.values.size > 0) return barOfEvaluation(result, state) ?? result
    }
    return result.values.size > 0 ? result : undefined
  },
}
