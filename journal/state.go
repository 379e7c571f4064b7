package journal

import (
	"encoding/json"
	"fmt"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// Source is what the journal knows of a source.
type Source struct {
	Number      uint32      `json:"number"` // in record keys
	Desk        string      `json:"desk"`
	Name        string      `json:"name"`
	Cursor      desk.Cursor `json:"cursor,omitempty"`
	Synced      bool        `json:"synced,omitempty"` // the first sync is complete
	Empty       time.Time   `json:"empty,omitzero"`   // when it was first found to have nothing to tell
	AsOf        time.Time   `json:"as_of,omitzero"`
	LastPoll    time.Time   `json:"last_poll,omitzero"` // that was read to its end
	LastSuccess time.Time   `json:"last_success,omitzero"`
	LastEvent   time.Time   `json:"last_event,omitzero"`
	LastNews    time.Time   `json:"last_news,omitzero"` // when the last poll with records was
	Horizon     time.Time   `json:"horizon,omitzero"`   // what lies before it is forgotten
	Sweep       Sweep       `json:"sweep,omitzero"`
	Swept       time.Time   `json:"swept,omitzero"`    // the horizon of the last search for expired records
	Tickets     uint32      `json:"tickets,omitempty"` // number of the source whose tickets its records are joined to
	Joins       int         `json:"joins,omitempty"`   // version of the rules by which they were joined
	Judged      time.Time   `json:"judged,omitzero"`   // up to when its tickets' promises were judged
}

// Sweep is where the search for expired records goes on; the zero value is the
// beginning. Ids are bytes here: JSON would mend what is no UTF-8.
type Sweep struct {
	Kind desk.Kind `json:"kind,omitempty"`
	ID   []byte    `json:"id,omitempty"`
}

// IsZero reports whether the search begins anew.
func (s Sweep) IsZero() bool { return s.Kind == 0 }

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

// Signature is what a measure looked like when its series were last kept.
type Signature struct {
	Labels string    `json:"labels"`
	Total  string    `json:"total,omitempty"` // its cumulative family
	Since  time.Time `json:"since"`           // the measure has looked like this
}

func signatureKey(measure uint8) []byte { return []byte{'m', measure} }

// Signature returns the signature of a measure, false for one that no series
// were ever kept of.
func (t *Tx) Signature(measure uint8) (s Signature, known bool, err error) {
	b := t.tx.get(bucketMeta, signatureKey(measure))
	if b == nil {
		return s, false, nil
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, false, fmt.Errorf("signature of measure %d: %w", measure, err)
	}
	return s, true, nil
}

// PutSignature keeps what a measure looks like.
func (t *Tx) PutSignature(measure uint8, s Signature) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return t.tx.put(bucketMeta, signatureKey(measure), b)
}

var policiesKey = []byte("policies")

// Policies returns the text that was kept with PutPolicies, nil for none.
func (t *Tx) Policies() []byte { return t.tx.get(bucketMeta, policiesKey) }

// PutPolicies keeps which SLA policies were in force when.
func (t *Tx) PutPolicies(text []byte) error { return t.tx.put(bucketMeta, policiesKey, text) }
