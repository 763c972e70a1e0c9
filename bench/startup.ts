import { durationText, pairwise, ratioText, spreadOf, type Verdict } from './figures.ts'
import { measurePairs, outputOf, type Program } from './measure.ts'
import { createNamespace, deleteNamespaces, type Plane } from './plane.ts'
import { builtPrograms } from './programs.ts'

/** Issue A asks for 2.0; the aim is kubectl's own time. */
const bound = 2

const emptyNamespace = 'kubectl-migrate-bench-empty'

/** `version` and `list` of an empty namespace, beside what kubectl does that comes closest. */
export async function benchStartup(plane: Plane, pairs: number, say: (line: string) => void): Promise<Verdict[]> {
  const { environment, kubectl } = plane
  const program = (...words: readonly string[]): Program => ({ words, environment })
  await createNamespace(plane.api, emptyNamespace)
  const cases = [
    { ours: ['version'], theirs: ['version', '--client'] },
    { ours: ['list', '-n', emptyNamespace], theirs: ['get', 'pytorchjobs', '-n', emptyNamespace] },
  ]
  const verdicts: Verdict[] = []
  say(`start-up: ${pairs} pairs each, ours and kubectl in turn`)
  for (const { ours, theirs } of cases) {
    for (const { name, words } of Object.values(builtPrograms())) {
      outputOf(program(...words, ...ours))
      const runs = measurePairs(program(...words, ...ours), program(kubectl, ...theirs), pairs, 'time')
      const [first, second] = [runs.ours.map(({ seconds }) => seconds), runs.theirs.map(({ seconds }) => seconds)]
      const ratio = pairwise(first, second)
      say(
        `  ${`${ours[0]} (${name})`.padEnd(18)}${durationText(spreadOf(first)).padEnd(20)}` +
          `${`kubectl ${theirs[0]}`.padEnd(17)}${durationText(spreadOf(second)).padEnd(20)}ratio ${ratioText(ratio)}`,
      )
      verdicts.push({ name: `start-up: ${ours[0]} (${name}) beside kubectl`, unit: '', value: ratio.median, bound })
    }
  }
  if (!plane.isOwn) await deleteNamespaces(plane.api, [emptyNamespace])
  return verdicts
}
