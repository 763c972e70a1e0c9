import { numberOf } from '../pairs.ts'
import { type Format, ofEvaluation, type Reading, reading, takeNamed, takePairs } from './format.ts'

const epochOf = /\bepochs?\b['"]?\s*[:=#[(]*\s*(\d+(?:\.\d+)?)(?:\s*\/\s*(\d+))?/i
const stepOf =
  /\b(global[ _]?)?(?:step|iter(?:ation)?|batch)s?\b['"]?\s*[:=#[(]*\s*(\d{1,3}(?:[,_']\d{3})+\b|\d+)(?:\s*\/\s*(\d+))?/i
/** `Train Epoch: 1 [640/60000 (1%)]`, as in PyTorch's MNIST example, which counts samples. */
const samples = /\[\s*(\d+)\/(\d+)\s*\(/
/** `Epoch: [0][  11/5005]`, `Epoch(train)  [1][  50/1000]`: PyTorch's ImageNet example and those after it count epochs from 0, mmengine from 1. */
const bracketed = /\bepoch(\(train\))?:?\s*\[\s*(\d+)\s*\]\s*\[\s*(\d+)\s*\/\s*(\d+)\s*\]/i
/** their `Time  0.500 ( 1.200)`, `time: 0.5` */
const timeOfStep = /\btime:?\s+(\d+\.\d+)/i
/** `Test set: Average loss: 0.2`, `Epoch 3 val: loss=0.6`, `[Eval] loss 0.5` */
const evaluates = /(?:^|[\s[(|*])(?:eval(?:uation|uating)?|val(?:id(?:ation)?)?|test(?: set)?)\s*(?:[:|\]*)]|-\s)/i

/** `train loss 3.1, val loss 3.2`, `lr 1e-4`: names and numbers with a blank between; `loss 0,5` is not read, as the comma may end the number. */
const spaced =
  /\b((?:train |val |valid |validation |test |eval )?(?:loss|acc|accuracy)|lr|learning rate)\s+([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|nan|inf)(?![\w.]|,\d)/gi
/** Cheaper than the pattern, which most lines need not be searched for. */
const mayBeSpaced = (line: string): boolean =>
  line.includes('oss ') || line.includes('OSS ') || line.includes('cc ') || line.includes('cy ') || line.includes('lr ')

/** nanoGPT's `iter 100: loss 4.2, time 123ms`. */
const stepTime = /\btime (\d[\d.]*)(ms|s)\b/

/**
 * What people print themselves: `Epoch 3 loss=0.12`, `Epoch [3/10], Step [100/600], Loss: 0.12`, `step 100: train loss 3.1`,
 * `Train Epoch: 1 [640/60000 (1%)] Loss: 2.2`. A line needs a metric; where there is no step and no epoch, the order counts.
 */
export const plain: Format = {
  name: 'plain',
  read(line) {
    const result = reading()
    takePairs(result, line)
    if (mayBeSpaced(line)) {
      for (const [, name = '', value = ''] of line.matchAll(spaced)) takeNamed(result, name, numberOf(value))
    }
    if (result.values.size === 0) return undefined
    const inBrackets = line.includes('] ') || line.includes('][') ? bracketed.exec(line) : null
    if (inBrackets) return inEpoch(result, line, inBrackets)
    const epoch = line.includes('poch') || line.includes('POCH') ? epochOf.exec(line) : null
    if (epoch) result.epoch = Number(epoch[1])
    const step = stepOf.exec(line)
    const counted = epoch && !step ? samples.exec(line) : null
    if (counted) {
      result.step = Number(counted[1])
      result.stepsPerEpoch = Number(counted[2])
    } else if (step) {
      result.step = Number(step[2]?.replace(/\D/g, ''))
      if (step[1] !== undefined) result.stepIsOf = 'run'
      else if (step[3] !== undefined) result.stepsPerEpoch = Number(step[3])
    }
    if (result.stepsPerEpoch !== undefined && result.epoch !== undefined) {
      result.stepIsOf = 'epoch'
      result.epoch -= 1
    }
    const time = step && !result.values.has('step time') ? stepTime.exec(line) : null
    if (time) result.values.set('step time', Number(time[1]) * (time[2] === 'ms' ? 0.001 : 1))
    return isEvaluation(line) ? ofEvaluation(result) : result
  },
}

/** Whether the words before the first metric say that a line is of an evaluation. */
function isEvaluation(line: string): boolean {
  const lead = line.slice(0, Math.max(0, line.search(/loss|acc/i)))
  return evaluates.test(lead) && !/train/i.test(lead)
}

function inEpoch(into: Reading, line: string, [, fromOne, epoch, step, of]: RegExpExecArray): Reading {
  into.epoch = Number(epoch) - (fromOne === undefined ? 0 : 1)
  into.step = Number(step)
  into.stepsPerEpoch = Number(of)
  into.stepIsOf = 'epoch'
  const time = into.values.has('step time') ? null : timeOfStep.exec(line)
  if (time) into.values.set('step time', Number(time[1]))
  return into
}
