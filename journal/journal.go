// Package journal is the durable state: the records of all desks as they are
// held, how far each source was read, and the totals that counters show. One
// transaction saves what a page brought together with the cursor it was read
// up to, so that nothing is counted twice or lost, whenever the process dies.
package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// schema is the version of the stored form. It rises when an older exporter
// could not read what a newer one writes.
const schema = 1

// FileName is the journal's file under the storage path.
const FileName = "journal.db"

var (
	bucketMeta    = []byte("meta")
	bucketSources = []byte("sources")
	bucketRecords = []byte("records")
	bucketJoins   = []byte("joins")
	bucketSeries  = []byte("series")
	bucketLabels  = []byte("labels")
	bucketEpochs  = []byte("epochs")
)

func buckets() [][]byte {
	return [][]byte{
		bucketMeta, bucketSources, bucketRecords, bucketJoins, bucketSeries, bucketLabels, bucketEpochs,
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

// Key names a record: the number of its source, its kind, its id.
type Key struct {
	Source uint32
	Kind   desk.Kind
	ID     string
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
	h, err := decodeHeld(key, b)
	if err != nil {
		return nil, fmt.Errorf("record %s %q: %w", key.Kind, key.ID, err)
	}
	return h, nil
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
func (r Raw) Decode() (*desk.Held, error) { return decodeHeld(r.Key, r.value) }

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

// Members returns the members of a group, by their keys.
func (t *Tx) Members(group Key) []Key {
	prefix := group.appendPrefix(nil)
	var keys []Key
	t.tx.scan(bucketJoins, prefix, func(k, _ []byte) bool {
		if !bytes.HasPrefix(k, prefix) {
			return false
		}
		keys = append(keys, parseKey(k[len(prefix):]))
		return true
	})
	return keys
}

// Source is what the journal knows of a source.
type Source struct {
	Number      uint32      `json:"number"` // in record keys
	Desk        string      `json:"desk"`
	Name        string      `json:"name"`
	Cursor      desk.Cursor `json:"cursor,omitempty"`
	Synced      bool        `json:"synced,omitempty"` // the first sync is complete
	AsOf        time.Time   `json:"as_of,omitzero"`
	LastPoll    time.Time   `json:"last_poll,omitzero"` // that was read to its end
	LastSuccess time.Time   `json:"last_success,omitzero"`
	LastEvent   time.Time   `json:"last_event,omitzero"`
	LastNews    time.Time   `json:"last_news,omitzero"` // when the last poll with records was
	Horizon     time.Time   `json:"horizon,omitzero"`   // what lies before it is forgotten
	Sweep       string      `json:"sweep,omitempty"`    // where the search for expired records goes on
}

// Sources returns all known sources.
func (t *Tx) Sources() ([]Source, error) {
	var sources []Source
	var err error
	t.tx.scan(bucketSources, nil, func(k, v []byte) bool {
		var s Source
		if err = json.Unmarshal(v, &s); err != nil {
			err = fmt.Errorf("state of source %q: %w", k, err)
			return false
		}
		sources = append(sources, s)
		return true
	})
	return sources, err
}

// PutSource keeps the state of a source.
func (t *Tx) PutSource(s Source) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return t.tx.put(bucketSources, []byte(s.Desk+"\x00"+s.Name), b)
}

// Epoch is the beginning of the counters of one kind of records of a desk.
type Epoch struct {
	Desk    string    `json:"desk"`
	Kind    desk.Kind `json:"kind"`
	Founded bool      `json:"founded"`         // the first syncs are complete, the counters show
	Start   time.Time `json:"start,omitzero"`  // start timestamp of the series born before that
	Oldest  time.Time `json:"oldest,omitzero"` // of the facts that first syncs counted
}

// Epochs returns all epochs.
func (t *Tx) Epochs() ([]Epoch, error) {
	var epochs []Epoch
	var err error
	t.tx.scan(bucketEpochs, nil, func(k, v []byte) bool {
		var e Epoch
		if err = json.Unmarshal(v, &e); err != nil {
			err = fmt.Errorf("epoch %q: %w", k, err)
			return false
		}
		epochs = append(epochs, e)
		return true
	})
	return epochs, err
}

// PutEpoch keeps an epoch.
func (t *Tx) PutEpoch(e Epoch) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return t.tx.put(bucketEpochs, []byte(e.Desk+"\x00"+e.Kind.String()), b)
}

// Label is a value that was admitted to a label of a desk.
type Label struct {
	Desk  string `json:"desk"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Labels returns all admitted label values.
func (t *Tx) Labels() ([]Label, error) {
	var labels []Label
	var err error
	t.tx.scan(bucketLabels, nil, func(k, _ []byte) bool {
		var l Label
		if err = json.Unmarshal(k, &l); err != nil {
			err = fmt.Errorf("admitted label %q: %w", k, err)
			return false
		}
		labels = append(labels, l)
		return true
	})
	return labels, err
}

// PutLabel admits a label value for good.
func (t *Tx) PutLabel(l Label) error {
	k, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return t.tx.put(bucketLabels, k, []byte{})
}

// Series names one label set of one measure of a desk.
type Series struct {
	Desk    string   `json:"desk"`
	Measure uint8    `json:"measure"`
	Labels  []string `json:"labels"`
}

// SeriesState is what a label set has added up to.
type SeriesState struct {
	Start time.Time // start timestamp; zero: that of the epoch
	Total tally.Total
}

// AllSeries calls f for every label set that was ever admitted.
func (t *Tx) AllSeries(f func(Series, SeriesState) error) error {
	var err error
	t.tx.scan(bucketSeries, nil, func(k, v []byte) bool {
		var s Series
		var state SeriesState
		if err = json.Unmarshal(k, &s); err == nil {
			err = state.decode(v)
		}
		if err != nil {
			err = fmt.Errorf("series %s: %w", k, err)
			return false
		}
		err = f(s, state)
		return err == nil
	})
	return err
}

// PutSeries keeps a label set.
func (t *Tx) PutSeries(s Series, state SeriesState) error {
	k, err := json.Marshal(s)
	if err != nil {
		return err
	}
	v, err := state.encode()
	if err != nil {
		return err
	}
	return t.tx.put(bucketSeries, k, v)
}

// DropSeries forgets a label set.
func (t *Tx) DropSeries(s Series) error {
	k, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return t.tx.remove(bucketSeries, k)
}

func (s *SeriesState) encode() ([]byte, error) {
	c := coder{writing: true}
	c.time(1, &s.Start)
	total, err := s.Total.AppendBinary(nil)
	c.bytes(2, &total)
	return c.b, err
}

func (s *SeriesState) decode(b []byte) error {
	c := coder{b: b}
	c.time(1, &s.Start)
	var total []byte
	c.bytes(2, &total)
	if c.bad {
		return errDamaged
	}
	return s.Total.UnmarshalBinary(total)
}

// Signature returns what a measure looked like when its series were last kept.
func (t *Tx) Signature(measure uint8) string {
	return string(t.tx.get(bucketMeta, []byte{'m', measure}))
}

// PutSignature keeps what a measure looks like.
func (t *Tx) PutSignature(measure uint8, signature string) error {
	return t.tx.put(bucketMeta, []byte{'m', measure}, []byte(signature))
}
