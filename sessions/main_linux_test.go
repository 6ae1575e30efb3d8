package sessions

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain keeps the files of the tests in memory where a system has room for them
// there: half of the time was spent waiting for a disk. What outlasts a kill is
// the same on both. With JUXTA_FAULTS they are on the disk.
func TestMain(m *testing.M) {
	dir, err := memoryDir()
	if err != nil {
		fmt.Fprintln(os.Stderr, "the files of the tests are on the disk:", err)
		os.Exit(m.Run())
	}
	if dir != "" {
		_ = os.Setenv("TMPDIR", dir) // children have it, too
	}
	code := m.Run()
	if dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// memoryDir is a new folder in memory, or "" where the tests are to stay on the
// disk: a child uses what its parent has, and a container often has little of it.
func memoryDir() (string, error) {
	const memory, room = "/dev/shm", 2 << 30
	if os.Getenv("JUXTA_FAULTS") != "" || strings.HasPrefix(os.TempDir(), memory) {
		return "", nil
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err != nil || uint64(fs.Bavail)*uint64(fs.Bsize) < room {
		return "", nil
	}
	left, _ := filepath.Glob(memory + "/juxta-test-*")
	for _, l := range left { // by tests that were ended
		if info, err := os.Stat(l); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(l)
		}
	}
	dir, err := os.MkdirTemp(memory, "juxta-test-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755) // some children are nobody
}
