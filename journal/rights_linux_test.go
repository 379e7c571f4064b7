package journal

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestAFolderThatMayNotBeWrittenIsRefused(t *testing.T) {
	path := t.TempDir()
	for folder, mode := range map[string]os.FileMode{filepath.Dir(path): 0o755, path: 0o555} {
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
	}
	asNobody(t)
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "give this user the right") {
		t.Errorf("Open: %v", err)
	}
}

// nobody is a user without any rights.
const nobody = 65534

// asNobody lets the test go on without the rights of root, to whom all files
// are open. Other users have no such rights.
func asNobody(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread() // the user for files is the thread's
	syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
	t.Cleanup(func() {
		syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
		runtime.UnlockOSThread()
	})
}
