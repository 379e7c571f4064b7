package csv

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

func TestAMissingRightIsToldOnceAndTriedAgain(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	asNobody(t, d.dir)
	d.drop("a.csv", ticketsHead+"3,2026-03-01 10:00:00,new,A\n", hourAgo())
	path := filepath.Join(d.dir, "a.csv")
	chmod := func(mode os.FileMode) {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	const told = "permission denied; grant the exporter the right to read it"
	chmod(0)
	expectUnreadable(t, d, path+": "+told)
	d.drop("b.csv", goodText, hourAgo())
	expect(t, d, []string{"1", "2"}, "a.csv bad_file: "+told)
	d.restart()
	expect(t, d, []string{})
	chmod(0o600) // which changes neither size nor time
	expect(t, d, []string{"3"})
	expect(t, d, []string{})
}

// nobody is a user without any rights.
const nobody = 65534

// asNobody lets the test go on without the rights of root, to whom all files
// are open, in a folder of its own. Other users have no such rights.
func asNobody(t *testing.T, folder string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	if err := errors.Join(os.Chmod(filepath.Dir(folder), 0o755), os.Chown(folder, nobody, -1)); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // the user for files is the thread's
	syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
	t.Cleanup(func() {
		syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
		runtime.UnlockOSThread()
	})
}
