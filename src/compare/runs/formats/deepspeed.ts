import { numberOf } from '../pairs.ts'
import { type Format, reading, takePairs } from './format.ts'

const progress = /\bsteps?[=:]\s*(\d+)/
const timer = /(?:global_step=|\] )(\d+)(?:\/\d+)?, RunningAvgSamplesPerSec=/
const current = /CurrSamplesPerSec=([\d.]+|nan|inf)/i

/**
 * DeepSpeed: `step=10, skipped=0, lr=[0.001], mom=[...]` (deepspeed/runtime/engine.py, _report_progress), the throughput
 * timer's `.../global_step=10, RunningAvgSamplesPerSec=12.3, CurrSamplesPerSec=12.1` (utils/timer.py), and the pipeline
 * engine's `steps: 10 loss: 6.2 iter time (s): 0.5 samples/sec: 30` (runtime/pipe/engine.py).
 */
export const deepSpeed: Format = {
  name: 'deepspeed',
  read(line) {
    const timed = line.includes('RunningAvgSamplesPerSec=') ? timer.exec(line) : null
    const result = reading()
    if (timed) {
      const rate = current.exec(line)
      if (rate) result.values.set('samples/s', numberOf(rate[1] ?? ''))
      result.step = Number(timed[1])
    } else {
      if (!line.includes('skipped=') && !line.includes('iter time (s)')) return undefined
      const step = progress.exec(line)
      if (!step) return undefined
      takePairs(result, line, step.index)
      result.step = Number(step[1])
    }
    result.stepIsOf = 'run'
    return result.values.size > 0 ? result : undefined
  },
}
