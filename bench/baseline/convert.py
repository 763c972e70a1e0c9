"""What the conversion script everybody has does: the first container of each file into a TrainJob of a fixed runtime.

It drops most of the job and proves nothing. It is here as a measure of speed: PyYAML's own reader and writer, in pure Python.
Usage: convert.py FOLDER, prints the TrainJobs.
"""

import pathlib
import sys

import yaml


def convert(job):
    specs = job["spec"]["pytorchReplicaSpecs"]
    role = specs.get("Worker") or specs["Master"]
    container = role["template"]["spec"]["containers"][0]
    nodes = sum(spec.get("replicas", 1) for spec in specs.values())
    return {
        "apiVersion": "trainer.kubeflow.org/v1alpha1",
        "kind": "TrainJob",
        "metadata": {"name": job["metadata"]["name"], "namespace": job["metadata"].get("namespace", "default")},
        "spec": {
            "runtimeRef": {"name": "torch-distributed"},
            "trainer": {
                "numNodes": nodes,
                "image": container["image"],
                "command": container.get("command", []),
                "args": container.get("args", []),
                "env": container.get("env", []),
                "resourcesPerNode": container.get("resources", {}),
            },
        },
    }


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    document = yaml.safe_load(path.read_text())
    sys.stdout.write("---\n")
    sys.stdout.write(yaml.safe_dump(convert(document), sort_keys=False))
