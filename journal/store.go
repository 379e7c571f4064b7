package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// store is all that the journal asks of what keeps its bytes: ordered keys in
// named buckets, and transactions that happen whole or not at all.
type store interface {
	update(func(bucketTx) error) error
	view(func(bucketTx) error) error
	size() int64
	close() error
}

// bucketTx is one transaction. What get and scan hand out belongs to the store
// and is gone when the transaction ends.
type bucketTx interface {
	get(bucket, key []byte) []byte
	put(bucket, key, value []byte) error
	remove(bucket, key []byte) error
	// scan calls f for each key from start on, in order, until f returns false.
	scan(bucket, start []byte, f func(key, value []byte) bool)
	// scanBack calls f for each key before end, the last first, until f returns
	// false.
	scanBack(bucket, end []byte, f func(key, value []byte) bool)
}

// boltStore keeps everything in one file.
type boltStore struct{ db *bolt.DB }

// openBolt opens the file, which one process may do at a time.
func openBolt(path string, buckets [][]byte) (*boltStore, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create storage path: %w; give --storage.path a folder that this user may write", err)
	}
	if err := checkLength(path); err != nil {
		return nil, openError(path, err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, openError(path, err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare journal %s: %w", path, err), db.Close())
	}
	return &boltStore{db: db}, nil
}

// lockTimeout is how long another process may take to give the file back.
const lockTimeout = time.Second

var errCutShort = errors.New("the file is shorter than it says")

// checkLength makes sure that the file has all the pages it speaks of: the
// process would die of reading beyond its end.
func checkLength(path string) (err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Size() == 0:
		return nil
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.View(func(tx *bolt.Tx) error {
		if tx.Size() > info.Size() {
			return errCutShort
		}
		return nil
	})
}

// openError says what is wrong with the file and what to do about it.
func openError(path string, err error) error {
	for _, damage := range []error{bolterrors.ErrInvalid, bolterrors.ErrChecksum, bolterrors.ErrVersionMismatch, errCutShort} {
		if errors.Is(err, damage) {
			return fmt.Errorf("%s is no journal or is damaged (%w): restore a backup, or move it away to start anew", path, err)
		}
	}
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%s is in use by another process: one exporter owns a storage path, give each its own", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("open journal: %w; give this user the right to read and write it", err)
	default:
		return fmt.Errorf("open journal %s: %w", path, err)
	}
}

func (s *boltStore) update(f func(bucketTx) error) error {
	var ours error
	err := s.db.Update(func(tx *bolt.Tx) error {
		ours = f(boltTx{tx})
		return ours
	})
	if err != nil && ours == nil {
		err = fmt.Errorf("%w; make room for %s or mend its disk: nothing is lost, what was not kept is read again", err, s.db.Path())
	}
	return err
}

func (s *boltStore) view(f func(bucketTx) error) error {
	return s.db.View(func(tx *bolt.Tx) error { return f(boltTx{tx}) })
}

func (s *boltStore) size() int64 {
	info, err := os.Stat(s.db.Path())
	if err != nil {
		return 0
	}
	return info.Size()
}

func (s *boltStore) close() error { return s.db.Close() }

// fill is how full a page may be when it is split. Ids mostly ascend, so pages
// left half empty, as is the default, would stay so.
const fill = 0.9

type boltTx struct{ tx *bolt.Tx }

func (t boltTx) get(bucket, key []byte) []byte { return t.tx.Bucket(bucket).Get(key) }

func (t boltTx) put(bucket, key, value []byte) error {
	b := t.tx.Bucket(bucket)
	b.FillPercent = fill
	return b.Put(key, value)
}

func (t boltTx) remove(bucket, key []byte) error { return t.tx.Bucket(bucket).Delete(key) }

func (t boltTx) scan(bucket, start []byte, f func(k, v []byte) bool) {
	c := t.tx.Bucket(bucket).Cursor()
	for k, v := c.Seek(start); k != nil && f(k, v); k, v = c.Next() {
	}
}

func (t boltTx) scanBack(bucket, end []byte, f func(k, v []byte) bool) {
	c := t.tx.Bucket(bucket).Cursor()
	back := c.Prev
	if at, _ := c.Seek(end); at == nil {
		back = c.Last
	}
	for k, v := back(); k != nil && f(k, v); k, v = c.Prev() {
	}
}
