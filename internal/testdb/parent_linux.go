package testdb

import "syscall"

// dieWithParent lets a process end with the thread that started it.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
