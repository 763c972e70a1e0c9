import type { Known } from './points.ts'
import type { State } from './state.ts'
import type { Story, Told, Untroubled } from './story.ts'

/** What stays of a migration, however far it came: its record, the manifest of v1, runtimes that jobs share. */
const leaves = /^(configmaps\/migration|secrets\/migration|trainingruntimes\/.*)$/
const unfinished = /^(moving|returning|finalizing|stranded|\?)$/

/** What is wrong with the end of a story; nothing, where it ends as if nobody had killed anything. */
export function faultsOf(story: Story, told: Told, known: Known): string[] {
  const { scenario, flow, crashes, follow, elsewhere } = story
  const wanted = known.ends.get(follow)
  if (!wanted) throw new Error(`nobody has learnt what ${follow} comes to`)
  // whether a process elsewhere lives nobody knows: a command that has nothing to do leaves its lock, which the next one takes over
  const objects = told.state.objects.filter((name) => !(elsewhere && name.startsWith('leases/')))
  const state = { ...told.state, objects }
  if (scenario.ends) return [...told.faults, ...endingFaults({ ...told, state }, known)]
  // one that fails anew has begun anew, with a record of its own
  const exact = crashes.length === 1 && follow === flow.command && wanted.code === 0
  return [
    ...told.faults,
    ...(told.code === wanted.code ? [] : [`it ended with ${told.code}: ${told.said}`]),
    ...(alike(state, wanted.state, exact) ? [] : [standsInstead(told, [wanted])]),
  ]
}

/**
 * Of a training that ends by itself on the way: where it has, what has ended stands as it does when nobody kills anything, or as
 * it would without any migration; where it has not, v1 runs, or v2 where the flow began with it. A command that is refused changes nothing, also not the lock and the record of the killed one.
 */
function endingFaults(told: Told, { ends, without, unmoved, ended }: Known): string[] {
  const refused = told.code === 1
  const own = {
    ...told.state,
    ...(refused && { records: [], objects: told.state.objects.filter((name) => !/^leases/.test(name)) }),
  }
  const all = [...ends.values()]
  const over = { state: { ...unmoved.state, running: {} } }
  const allowed =
    told.finished === undefined ? [without, unmoved] : [...all, ended, ...(told.finished === 'v2' ? [over] : [])]
  const leavings = all.flatMap(({ state }) => state.objects.filter((name) => leaves.test(name)))
  const fits = allowed.some(({ state }) => alike(own, { ...state, objects: [...state.objects, ...leavings] }, false))
  return [
    ...(told.code === 0 || refused ? [] : [`it ended with ${told.code}: ${told.said}`]),
    ...(fits ? [] : [`${told.finished ?? 'nothing'} has ended; ${standsInstead(told, allowed)}`]),
  ]
}

function standsInstead({ said, code, state }: Told, wanted: readonly Pick<Untroubled, 'state'>[]): string {
  const lines = wanted.map(({ state: one }) => JSON.stringify(one))
  return `after ${code}, ${said}\nthis stands:\n${JSON.stringify(state)}\nand not:\n${lines.join('\n')}`
}

/** @param exact also what is left behind, and the records */
function alike(one: State, other: State, exact: boolean): boolean {
  if (exact) return JSON.stringify(one) === JSON.stringify(other)
  if (one.records.some((state) => unfinished.test(state))) return false
  const standing = ({ v1, running, objects }: State): string =>
    JSON.stringify({
      v1: v1 && { ...v1, marks: v1.marks.filter((mark) => mark !== 'kubectl-migrate.dev/restored') },
      running,
      objects: objects.filter((name) => !leaves.test(name)),
    })
  const left = other.objects.filter((name) => leaves.test(name))
  return standing(one) === standing(other) && one.objects.every((name) => !leaves.test(name) || left.includes(name))
}
