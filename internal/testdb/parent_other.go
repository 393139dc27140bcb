//go:build unix && !linux

package testdb

import "syscall"

// dieWithParent does nothing: only Linux knows how. A killed test binary leaves
// its servers running there.
func dieWithParent(*syscall.SysProcAttr) {}
