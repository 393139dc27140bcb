package testdb_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestEveryEngineGivesAnEmptyDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *testdb.Database) {
		db.Exec(t, "CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1), (2)")
		var n int
		if err := db.DB.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM t").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n != 2 {
			t.Errorf("got %d rows, want 2", n)
		}
	})
}

func TestAKilledTestBinaryLeavesNoServerBehind(t *testing.T) {
	t.Parallel()
	const child = "CX_TESTDB_CHILD"
	if os.Getenv(child) != "" {
		t.Skip("this is the child")
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with its parent")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServersForTheParent$", "-test.v")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for lines := bufio.NewScanner(out); len(addresses) < 2 && lines.Scan(); {
		if _, address, ok := strings.Cut(lines.Text(), "listening at "); ok {
			addresses = append(addresses, address)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), fmt.Sprintf("cx-testdb-%d-*", cmd.Process.Pid)))
	for _, dir := range left {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
	}
	if len(addresses) < 2 {
		t.Skip("the child has no servers of its own")
	}
	for _, address := range addresses {
		deadline := time.Now().Add(20 * time.Second)
		for {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				break
			}
			_ = conn.Close()
			if time.Now().After(deadline) {
				t.Fatalf("a server still listens at %s", address)
			}
		}
	}
}

// TestServersForTheParent is the child of the test above: it starts servers
// and waits to be killed.
func TestServersForTheParent(t *testing.T) {
	if os.Getenv("CX_TESTDB_CHILD") == "" {
		t.Skip("only for the test of killing")
	}
	for _, s := range []*testdb.Server{testdb.StartPostgres(t), testdb.StartMariaDB(t)} {
		fmt.Println("listening at " + s.Addr())
	}
	<-t.Context().Done()
}

func TestAProxyDoesWhatNetworksDo(t *testing.T) {
	t.Parallel()
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = echo.Close() })
	go func() {
		for {
			conn, err := echo.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(conn, conn); _ = conn.Close() }()
		}
	}()
	p := testdb.NewProxy(t, echo.Addr().String())
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	ask := func(conn net.Conn, wait time.Duration) error {
		_ = conn.SetDeadline(time.Now().Add(wait))
		if _, err := conn.Write([]byte("hello")); err != nil {
			return err
		}
		_, err := io.ReadFull(conn, make([]byte, 5))
		return err
	}
	first := dial()
	if err := ask(first, 5*time.Second); err != nil {
		t.Errorf("passing: %v", err)
	}
	p.Set(testdb.Slow)
	if err := ask(first, 5*time.Second); err != nil {
		t.Errorf("slow: %v", err)
	}
	p.Set(testdb.Hold)
	for name, conn := range map[string]net.Conn{"an old connection": first, "a new connection": dial()} {
		if err := ask(conn, 50*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("holding, %s: %v", name, err)
		}
	}
	p.Set(testdb.Pass)
	if err := ask(first, 50*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a frozen connection: %v", err)
	}
	second := dial()
	if err := ask(second, 5*time.Second); err != nil {
		t.Errorf("passing again: %v", err)
	}
	p.Set(testdb.Reset)
	if err := ask(second, 5*time.Second); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("reset: %v", err)
	}
	if n := p.Accepted(); n != 3 {
		t.Errorf("%d connections accepted, want 3", n)
	}
}
