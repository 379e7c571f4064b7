// Package journal is the durable state: the records of all desks as they are
// held, how far each source was read, and the totals that counters show. One
// transaction saves what a page brought together with the cursor it was read
// up to, so that nothing is counted twice or lost, whenever the process dies.
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"path/filepath"

	"helpdesk_exporter/desk"
)

// schema is the version of the stored form. It rises when an older exporter
// could not read what a newer one writes.
const schema = 1

// FileName is the journal's file under the storage path.
const FileName = "journal.db"

var (
	bucketMeta     = []byte("meta")
	bucketSources  = []byte("sources")
	bucketRecords  = []byte("records")
	bucketJoins    = []byte("joins")
	bucketTimeline = []byte("timeline")
	bucketSeries   = []byte("series")
	bucketLabels   = []byte("labels")
	bucketEpochs   = []byte("epochs")
)

func buckets() [][]byte {
	return [][]byte{
		bucketMeta, bucketSources, bucketRecords, bucketJoins, bucketTimeline, bucketSeries, bucketLabels, bucketEpochs,
	}
}

// Journal is the state of one exporter.
type Journal struct{ store store }

// Open opens the journal under a storage path and owns it until Close. An
// empty path keeps the state in memory only.
func Open(path string) (*Journal, error) {
	if path == "" {
		return &Journal{store: newMemory(buckets())}, nil
	}
	file := filepath.Join(path, FileName)
	s, err := openBolt(file, buckets())
	if err != nil {
		return nil, err
	}
	j := &Journal{store: s}
	if err := j.checkSchema(file); err != nil {
		_ = s.close()
		return nil, err
	}
	return j, nil
}

func (j *Journal) checkSchema(file string) error {
	return j.store.update(func(tx bucketTx) error {
		key := []byte("schema")
		stored := tx.get(bucketMeta, key)
		if stored == nil {
			return tx.put(bucketMeta, key, binary.AppendUvarint(nil, schema))
		}
		version, n := binary.Uvarint(stored)
		if n <= 0 || version != schema {
			return fmt.Errorf("%s has schema %d, this exporter reads schema %d: run the version that wrote it, "+
				"or give --storage.path another folder and start anew", file, version, schema)
		}
		return nil
	})
}

// Close gives the journal back. Whatever was committed is safe.
func (j *Journal) Close() error { return j.store.close() }

// Size returns how many bytes the journal takes.
func (j *Journal) Size() int64 { return j.store.size() }

// Update runs f in a transaction: all of what it does is kept, or, when it
// returns an error, nothing.
func (j *Journal) Update(f func(*Tx) error) error {
	return j.store.update(func(tx bucketTx) error { return f(&Tx{tx: tx}) })
}

// View runs f on the state as it is now.
func (j *Journal) View(f func(*Tx) error) error {
	return j.store.view(func(tx bucketTx) error { return f(&Tx{tx: tx}) })
}

// Tx is one transaction.
type Tx struct {
	tx  bucketTx
	key []byte // reused
	val []byte // reused
}

// Key names a record: the number of its source, its kind, its id. Make one with
// [KeyOf].
type Key struct {
	Source uint32
	Kind   desk.Kind
	ID     string
}

// longestID is how many bytes the id in a key may have: the store limits its
// keys, and one record must not stop a page.
const longestID = 1 << 10

// KeyOf returns the key of a record. The end of an id that is too long becomes
// a hash.
func KeyOf(source uint32, kind desk.Kind, id string) Key {
	if len(id) > longestID {
		sum := sha256.Sum256([]byte(id))
		id = id[:longestID-len(sum)] + string(sum[:])
	}
	return Key{Source: source, Kind: kind, ID: id}
}

const keyHead = 5 // bytes before the id

func (k Key) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, k.Source)
	b = append(b, byte(k.Kind))
	return append(b, k.ID...)
}

func parseKey(b []byte) Key {
	return Key{Source: binary.BigEndian.Uint32(b), Kind: desk.Kind(b[4]), ID: string(b[keyHead:])}
}

// Record returns a held record, nil for one that is not held.
func (t *Tx) Record(key Key) (*desk.Held, error) {
	t.key = key.append(t.key[:0])
	b := t.tx.get(bucketRecords, t.key)
	if b == nil {
		return nil, nil
	}
	return Raw{Key: key, value: b}.Decode()
}

// PutRecord keeps a record.
func (t *Tx) PutRecord(key Key, h *desk.Held) error {
	// The store keeps both slices until the transaction ends.
	return t.tx.put(bucketRecords, key.append(nil), appendHeld(nil, h))
}

// Unchanged reports whether a record is held just so.
func (t *Tx) Unchanged(key Key, h *desk.Held) bool {
	t.key = key.append(t.key[:0])
	t.val = appendHeld(t.val[:0], h)
	return bytes.Equal(t.tx.get(bucketRecords, t.key), t.val)
}

// DropRecord forgets a record.
func (t *Tx) DropRecord(key Key) error { return t.tx.remove(bucketRecords, key.append(nil)) }

// Raw is a record that is not decoded yet. It is valid within its transaction.
type Raw struct {
	Key   Key
	value []byte
}

// Decode returns the record.
func (r Raw) Decode() (*desk.Held, error) {
	h, err := decodeHeld(r.Key, r.value)
	if err != nil {
		return nil, fmt.Errorf("record %s %q: %w", r.Key.Kind, r.Key.ID, err)
	}
	return h, nil
}

// Size returns how many bytes the record takes, without its key.
func (r Raw) Size() int { return len(r.value) }

// Records calls f for each record of one kind of one source, by id from the
// given one on, until f returns false.
func (t *Tx) Records(source uint32, kind desk.Kind, from string, f func(Raw) bool) {
	start := Key{Source: source, Kind: kind, ID: from}.append(nil)
	t.tx.scan(bucketRecords, start, func(k, v []byte) bool {
		return bytes.Equal(k[:keyHead], start[:keyHead]) && f(Raw{Key: parseKey(k), value: v})
	})
}

// Join notes that member belongs to the group that a record, or whatever else
// has a key, holds together.
func (t *Tx) Join(group, member Key) error {
	return t.tx.put(bucketJoins, member.append(group.appendPrefix(nil)), []byte{})
}

// Leave takes that back.
func (t *Tx) Leave(group, member Key) error {
	return t.tx.remove(bucketJoins, member.append(group.appendPrefix(nil)))
}

// appendPrefix appends a form of the key that is no prefix of another key's.
func (k Key) appendPrefix(b []byte) []byte {
	whole := k.append(nil)
	return append(binary.AppendUvarint(b, uint64(len(whole))), whole...)
}

// Members returns the members of a group that fit, by their keys, and no more
// than most of them.
func (t *Tx) Members(group Key, most int, fits func(Key) bool) []Key {
	prefix := group.appendPrefix(nil)
	var keys []Key
	t.tx.scan(bucketJoins, prefix, func(k, _ []byte) bool {
		if !bytes.HasPrefix(k, prefix) {
			return false
		}
		if member := parseKey(k[len(prefix):]); fits(member) {
			keys = append(keys, member)
		}
		return len(keys) < most
	})
	return keys
}
