import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('DeepSpeed', () => {
  it.each([
    [
      '[2026-08-01 10:00:00,123] [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=0, lr=[0.001], mom=[(0.9, 0.999)]',
      ['learning rate step 10 0.001'],
    ],
    [
      '[2026-08-01 10:00:00,123] [INFO] [timer.py:260:stop] epoch=0/micro_step=20/global_step=10, RunningAvgSamplesPerSec=12.5, CurrSamplesPerSec=12.25, MemAllocated=1.2GB',
      ['samples/s step 10 12.25'],
    ],
    [
      '[2026-08-01 10:00:00,123] [INFO] [engine.py:1] steps: 10 loss: 6.25 iter time (s): 0.5 samples/sec: 32.0',
      ['loss step 10 6.25', 'step time step 10 0.5', 'samples/s step 10 32'],
    ],
  ])('%s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['deepspeed'], points })
  })
})
