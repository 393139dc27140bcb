package testdb

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs finds programs by name, in the path and where distributions keep
// servers, and installs Debian's packages of them where one is missing and may
// be installed. Alternatives of a name are separated by `|`; the path is found
// under the first of them.
func programs(tb testing.TB, packages []string, names ...string) map[string]string {
	tb.Helper()
	found, lack := find(names)
	if lack == "" {
		return found
	}
	if reason := cannotInstall(); reason != "" {
		missing(tb, "no %s found, and not installing it: %s; install %v (databases may instead be named in CX_TEST_POSTGRES_DSN and CX_TEST_MYSQL_DSN)", lack, reason, packages)
	}
	err := locked(func() error {
		if _, lack := find(names); lack == "" {
			return nil // another test binary has just done it
		}
		return install(tb, packages)
	})
	if err != nil {
		missing(tb, "no %s found, and it could not be installed: %v", lack, err)
	}
	if found, lack = find(names); lack != "" {
		missing(tb, "no %s found after installing %v", lack, packages)
	}
	return found
}

// find looks for programs and tells the first that is not there.
func find(names []string) (found map[string]string, lack string) {
	found = make(map[string]string, len(names))
	for _, alternatives := range names {
		name, path := "", ""
		for i, alternative := range strings.Split(alternatives, "|") {
			if i == 0 {
				name = alternative
			}
			if path == "" {
				path = locate(alternative)
			}
		}
		if path == "" {
			return nil, name
		}
		found[name] = path
	}
	return found, ""
}

// locate returns the path of a program, the newest version first, or "".
func locate(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"} {
		paths, _ := filepath.Glob(filepath.Join(pattern, name))
		slices.Sort(paths)
		for _, path := range slices.Backward(paths) {
			if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
				return path
			}
		}
	}
	return ""
}

// cannotInstall tells why packages cannot be installed here, or "".
func cannotInstall() string {
	if os.Geteuid() != 0 {
		return "the tests do not run as root"
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return "this is not Debian or a relative of it"
	}
	return ""
}

// install installs the servers without starting them.
func install(tb testing.TB, packages []string) error {
	tb.Helper()
	tb.Logf("installing %v for the tests", packages)
	for _, args := range [][]string{
		{"apt-get", "update", "-q"},
		append([]string{"apt-get", "install", "-q", "-y", "--no-install-recommends"}, packages...),
	} {
		cmd := exec.Command(args[0], args[1:]...)
		// RUNLEVEL keeps the packages' scripts from starting a server.
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w\n%s", args[0], args[1], err, out)
		}
	}
	return nil
}
