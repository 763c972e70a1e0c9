import type { Container, PodSpec } from '../kube/pod.ts'

/** A path that a container was told, and what its name says of it. */
export interface PathUse {
  /** `--output_dir=/data/ckpt`, `CHECKPOINT_DIR=/data/ckpt` */
  readonly text: string
  readonly as: 'output' | 'other'
}

const outputName = /out|save|ckpt|checkpoint|log|result|export|snapshot|tensorboard|work_?dir|model_?dir|write|cache/i
const told = /(?:--?([A-Za-z][\w.-]*)[= ]|\b([A-Za-z_]\w*)=)["']?(\/[^\s"';,]*)/g

/** The paths that command, args and env name below a mount of a container, and not below another mount inside of it. */
export function pathsBelow(container: Container, mountPath: string, { containers }: PodSpec): PathUse[] {
  const { command = [], args = [], env = [] } = container
  const words = [...command, ...args].join(' ')
  const inWords = [...words.matchAll(told)].map(([text, flag, variable, path = '']) => ({
    text: text.replace(/["']/g, ''),
    name: flag ?? variable ?? '',
    path,
  }))
  const inEnv = env.flatMap(({ name, value = '' }) =>
    value.startsWith('/') ? [{ text: `${name}=${value}`, name, path: value }] : [],
  )
  const mounts = containers.find(({ name }) => name === container.name)?.volumeMounts ?? container.volumeMounts ?? []
  const deeper = mounts.map((mount) => mount.mountPath).filter((path) => path !== mountPath && isBelow(path, mountPath))
  return [...inWords, ...inEnv]
    .filter(({ path }) => isBelow(path, mountPath) && !deeper.some((other) => isBelow(path, other)))
    .map(({ text, name }) => ({ text, as: outputName.test(name) ? 'output' : 'other' }))
}

function isBelow(path: string, folder: string): boolean {
  const place = folder.replace(/\/+$/, '')
  return path === place || path.startsWith(`${place}/`)
}
