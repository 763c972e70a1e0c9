import type { Reading } from './formats/format.ts'
import type { Axis } from './series.ts'

/** Where a reading lies. */
export interface Place {
  readonly axis: Axis
  readonly x: number
}

/** Formats may run a step or two behind one another: only a longer way back is a restart. */
const slack = (x: number): number => Math.max(1, x * 0.005)

/**
 * Makes one count of the steps of a whole run from what lines say: steps that begin again with each epoch go on from the
 * epoch before, and a count that goes back is a restart (from a checkpoint or from the start).
 */
export class StepCounter {
  /** times the count went back */
  restarts = 0
  readonly #bases = new Map<number, number>([])
  #startsAgain = false
  #epoch: number | undefined
  #inEpoch = 0
  readonly #newest: Partial<Record<Axis, number>> = {}

  /** @param evaluates whether it is of an evaluation, whose steps are none of the training: they go back, and it goes on */
  place(reading: Reading, evaluates = false): Place | undefined {
    if (evaluates && reading.stepIsOf === 'unknown' && reading.epoch !== undefined) {
      return { axis: 'epoch', x: reading.epoch }
    }
    const place = this.#placeOf(reading)
    if (!place || evaluates) return place
    const before = this.#newest[place.axis]
    if (before !== undefined && before - place.x > (place.axis === 'epoch' ? 0 : slack(before))) this.restarts++
    this.#newest[place.axis] = place.x
    return place
  }

  #placeOf({ step, stepIsOf, stepsPerEpoch, epoch }: Reading): Place | undefined {
    if (step === undefined) return epoch === undefined ? undefined : { axis: 'epoch', x: epoch }
    if (stepIsOf === 'epoch' && epoch !== undefined && stepsPerEpoch !== undefined) {
      return { axis: 'step', x: Math.floor(epoch) * stepsPerEpoch + step }
    }
    if (stepIsOf === 'run' || epoch === undefined) return { axis: 'step', x: step }
    return { axis: 'step', x: this.#across(Math.floor(epoch), step) }
  }

  /** Of a step that may be of the run or of the epoch: it is of the epoch once it goes back while the epoch goes on. */
  #across(epoch: number, step: number): number {
    const before = this.#epoch
    if (before === undefined) this.#bases.set(epoch, 0)
    else if (epoch > before && (this.#startsAgain || step < this.#inEpoch)) {
      this.#startsAgain = true
      const next = (this.#bases.get(before) ?? 0) + this.#inEpoch + (step === 0 ? 1 : 0)
      if (!this.#bases.has(epoch)) this.#bases.set(epoch, next)
    }
    if (before !== epoch) this.#inEpoch = 0
    this.#epoch = epoch
    this.#inEpoch = Math.max(this.#inEpoch, step)
    return (this.#bases.get(epoch) ?? 0) + step
  }
}
