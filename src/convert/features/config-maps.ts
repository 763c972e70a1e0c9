import { configMapReferences } from '../../v1/config-map-references.ts'
import type { Feature } from '../intent.ts'
import { hostPattern, leanings } from './leaning.ts'

/** What scripts in the ConfigMaps of a live job lean on that is v1's: told with key and line, each once. */
export const configMaps: Feature = {
  name: 'config-maps',
  apply(context) {
    const { job, ledger, configMaps: known } = context
    if (!known) return
    const hosts = hostPattern(job)
    const told = new Set<string>()
    for (const { name, key, path } of configMapReferences(job.object)) {
      const text = known.get(name)
      if (!text) continue
      if ('missing' in text) {
        if (told.has(name)) continue
        told.add(name)
        ledger.remark(path, {
          code: 'config-map-unread',
          message:
            text.missing === 'absent'
              ? `there is no ConfigMap ${name}: what it will say is not known`
              : `you may not read ConfigMap ${name}: what it says is not known`,
        })
        continue
      }
      for (const each of key === undefined ? Object.keys(text.data).sort() : [key]) {
        if (told.has(`${name} ${each}`)) continue
        told.add(`${name} ${each}`)
        for (const [at, line] of (text.data[each] ?? '').split('\n').entries()) {
          for (const { code, message, remedy } of leanings(line, context, hosts)) {
            const where = `ConfigMap ${name}, ${each}:${at + 1}`
            ledger.remark(path, { code, message: `${where}: ${message}`, ...(remedy === undefined ? {} : { remedy }) })
          }
        }
      }
    }
  },
}
