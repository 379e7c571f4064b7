package journal

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAJournalOfAnotherSchemaIsRefused(t *testing.T) {
	path := t.TempDir()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	err = j.store.update(func(tx bucketTx) error {
		return tx.put(bucketMeta, []byte("schema"), binary.AppendUvarint(nil, schema+1))
	})
	if err := errors.Join(err, j.Close()); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(path, FileName) + " has schema 2, this exporter reads schema 1: run the version that wrote it, " +
		"or give --storage.path another folder and start anew"
	for range 2 { // refused, it is not locked
		if _, err := Open(path); err == nil || err.Error() != want {
			t.Errorf("Open: %v\nwant: %s", err, want)
		}
	}
}

func TestAJournalInUseIsRefused(t *testing.T) {
	path := t.TempDir()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(path, FileName) + " is in use by another process: one exporter owns a storage path, give each its own"
	if _, err := Open(path); err == nil || err.Error() != want {
		t.Errorf("Open: %v\nwant: %s", err, want)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatalf("after the other is gone: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestAFileThatIsNoJournalIsRefused(t *testing.T) {
	path := t.TempDir()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, FileName)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	garbled := slices.Clone(whole)
	for i := range garbled {
		garbled[i] ^= 0x5a
	}
	for name, b := range map[string][]byte{
		"text": []byte(strings.Repeat("id,created_at\n", 5000)), "a short text": []byte("id,created_at\n"), "garbled": garbled,
		"a quarter": whole[:len(whole)/4], "two pages": whole[:2*os.Getpagesize()], "one byte": whole[:1],
	} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := Open(path)
		if err == nil {
			_ = j.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "is no journal or is damaged") || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPathThatIsNoFolderIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil || !strings.Contains(err.Error(), "give --storage.path a folder") {
		t.Errorf("Open: %v", err)
	}
}

func TestAJournalInMemoryNeedsNoFolder(t *testing.T) {
	j, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	if j.Size() != 0 {
		t.Errorf("it takes %d bytes empty", j.Size())
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}
