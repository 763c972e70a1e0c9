//go:build tools

// Package tools names Kueue, which needs other dependency versions than the rest of the test control plane.
package tools

import _ "sigs.k8s.io/kueue/cmd/kueue"
