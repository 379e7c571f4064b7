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
}

// boltStore keeps everything in one file.
type boltStore struct{ db *bolt.DB }

// openBolt opens the file, which one process may do at a time.
func openBolt(path string, buckets [][]byte) (*boltStore, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create storage path: %w; give --storage.path a folder that this user may write", err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout:        time.Second, // for the lock
		FreelistType:   bolt.FreelistMapType,
		NoFreelistSync: true,
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("%s is in use by another process: one exporter owns a storage path, give each its own", path)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%s is no journal or is damaged (%w): restore a backup, or move it away to start anew", path, err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("open journal: %w; give this user the right to read and write it", err)
	case err != nil:
		return nil, fmt.Errorf("open journal %s: %w", path, err)
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

func (s *boltStore) update(f func(bucketTx) error) error {
	return s.db.Update(func(tx *bolt.Tx) error { return f(boltTx{tx}) })
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

type boltTx struct{ tx *bolt.Tx }

func (t boltTx) get(bucket, key []byte) []byte       { return t.tx.Bucket(bucket).Get(key) }
func (t boltTx) put(bucket, key, value []byte) error { return t.tx.Bucket(bucket).Put(key, value) }
func (t boltTx) remove(bucket, key []byte) error     { return t.tx.Bucket(bucket).Delete(key) }

func (t boltTx) scan(bucket, start []byte, f func(k, v []byte) bool) {
	c := t.tx.Bucket(bucket).Cursor()
	for k, v := c.Seek(start); k != nil && f(k, v); k, v = c.Next() {
	}
}
