package sourcestest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// testShapes expects that JSON which is not of the documented shape is no
// answer: least of all that of a desk without tickets.
func testShapes(r *trial) {
	shapes := []string{`"text"`, `42`, `true`, `null`}
	if r.List == "" {
		shapes = append(shapes, `{}`, `{"message":"all is well"}`)
	} else {
		shapes = append(shapes, `[]`, `{}`, `[{"`+r.ID+`":1}]`)
		for _, list := range []string{`7`, `"text"`, `{}`, `null`} {
			shapes = append(shapes, fmt.Sprintf(`{%q:%s}`, r.List, list))
		}
	}
	for _, shape := range shapes {
		s := r.source(&spoilt{desk: r.Fake(r.still, time.Now), fault: page("application/json", shape), which: r.lists})
		_, page, err := r.drainTo(r.Context(), s, nil, untilOf(s))
		if err == nil {
			r.Errorf("%s passes for an answer", shape)
			continue
		}
		r.failed(page, err, sources.ReasonBadAnswer)
	}
}

// testPassing lets the first two answers to every request be bad, each in
// another way.
func testPassing(r *trial) {
	want := r.undisturbed().states
	faults := passing()
	faults = faults[:len(faults)-1] // a slow desk is not asked that often
	h := r.Fake(r.still, time.Now)
	var mu sync.Mutex
	asked, n := map[string]int{}, 0
	s := r.source(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		q.Body = io.NopCloser(bytes.NewReader(body))
		mu.Lock()
		about := q.Method + q.URL.String() + string(body)
		asked[about]++
		spoil := asked[about] <= 2
		if spoil {
			n++
		}
		f := faults[n%len(faults)]
		mu.Unlock()
		if spoil {
			f.spoil(w, q, h)
			return
		}
		h.ServeHTTP(w, q)
	}))
	got, _, err := r.drainTo(r.Context(), s, nil, untilOf(s))
	if err != nil {
		r.Fatalf("Fetch: %v", err)
	}
	r.same(got.states, want)
}

// testSlow expects that a fetch ends soon after its context, whatever it waits
// for: an answer, the rest of one, or the end of a pause that the desk wants.
func testSlow(r *trial) {
	const patience = 5 * time.Second
	for name, f := range map[string]fault{
		"no answer":              hang,
		"half an answer":         stuck,
		"a pause of two minutes": limited("110"),
	} {
		for _, after := range []int{0, 2} {
			s := r.source(&spoilt{desk: r.Fake(r.still, time.Now), fault: f, after: after})
			began := time.Now()
			ctx, cancel := context.WithCancel(r.Context())
			stop := time.AfterFunc(patience, cancel)
			_, page, err := r.drainTo(ctx, s, nil, untilOf(s))
			stop.Stop()
			cancel()
			if err == nil && after > 0 {
				continue
			}
			if !errors.Is(err, context.Canceled) {
				r.Errorf("%s: got error %v, want context.Canceled", name, err)
				continue
			}
			r.failed(page, err, sources.ReasonCanceled)
			if took := time.Since(began); took > patience+time.Second {
				r.Errorf("%s: the fetch ended %s after its context", name, took-patience)
			}
		}
	}
}

// stuck sends half of an answer and then nothing.
func stuck(w http.ResponseWriter, r *http.Request, h http.Handler) {
	r.Body = readWhole(r)
	whole := answer(h, r).Body.Bytes()
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(whole[:len(whole)/2])
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// testBadRecord spoils one ticket in the lists: it is rejected, and all others
// are there.
func testBadRecord(r *trial) {
	want := ticketsOf(r.undisturbed())
	for name, spoil := range map[string]func(map[string]any) any{
		"fields of wrong types": func(item map[string]any) any {
			for field := range item {
				if field != r.ID {
					item[field] = map[string]any{"wrong": []int{1}}
				}
			}
			return item
		},
		"an id of a wrong type": func(item map[string]any) any {
			item[r.ID] = map[string]any{"wrong": []int{1}}
			return item
		},
		"a number instead of a record": func(map[string]any) any { return 7 },
	} {
		var mu sync.Mutex
		victim := ""
		s := r.source(&spoilt{desk: r.Fake(r.still, time.Now), which: r.lists, fault: func(w http.ResponseWriter, q *http.Request, h http.Handler) {
			mu.Lock()
			defer mu.Unlock()
			r.spoilList(w, answer(h, q).Body.Bytes(), &victim, spoil)
		}})
		got, _, err := r.drainTo(r.Context(), s, nil, untilOf(s))
		if err != nil {
			r.Errorf("%s: the page failed: %v", name, err)
			continue
		}
		if len(got.rejects) == 0 {
			r.Errorf("%s: nothing is rejected", name)
		}
		for _, j := range got.rejects {
			if j.Where == "" || j.Raw == "" || name == "fields of wrong types" && !strings.Contains(j.Where, victim) {
				r.Errorf("%s: the reject %+v does not say that it is of %s, or how it was read", name, j, victim)
			}
		}
		have := ticketsOf(got)
		for id := range want {
			if id != victim && !have[id] {
				r.Errorf("%s: ticket %s is missing beside the bad one, %s", name, id, victim)
				break
			}
		}
	}
}

// spoilList writes an answer with one record spoilt, always the same one: the
// second of the first list that has two.
func (r *trial) spoilList(w http.ResponseWriter, body []byte, victim *string, spoil func(map[string]any) any) {
	var whole any
	numbers := json.NewDecoder(bytes.NewReader(body))
	numbers.UseNumber()
	if err := numbers.Decode(&whole); err != nil {
		r.Errorf("the fake's answer is no JSON: %v", err)
	}
	list, _ := whole.([]any)
	if envelope, ok := whole.(map[string]any); ok {
		list, _ = envelope[r.List].([]any)
	}
	for i := range list {
		item := list[i].(map[string]any)
		id := fmt.Sprint(item[r.ID])
		if *victim == "" && i == 1 {
			*victim = id
		}
		if id == *victim {
			list[i] = spoil(item)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(whole)
}

// ticketsOf returns the ids of the tickets that were reported, those aside that
// are gone: what tells of them may be closed.
func ticketsOf(all drained) map[string]bool {
	ids := map[string]bool{}
	for _, rec := range all.records {
		if rec.Body.Kind() == desk.KindTicket && !rec.Deleted {
			ids[rec.ID] = true
		}
	}
	return ids
}

// testGated closes everything but what is needed.
func testGated(r *trial) {
	want := ticketsOf(r.undisturbed())
	for _, status := range []int{http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound} {
		asked := false
		s := r.source(&spoilt{desk: r.Fake(r.still, time.Now), fault: code(status), which: func(q *http.Request) bool {
			optional := !r.needs(q)
			asked = asked || optional
			return optional
		}})
		got, _, err := r.drainTo(r.Context(), s, nil, untilOf(s))
		if err != nil {
			r.Errorf("%d of what can be done without: %v", status, err)
			continue
		}
		have := ticketsOf(got)
		for id := range want {
			if !have[id] {
				r.Errorf("%d of what can be done without: ticket %s is missing, and %d of %d are there", status, id, len(have), len(want))
				break
			}
		}
		if asked {
			r.tellsOfGate(s, status)
		}
	}
}

// tellsOfGate expects that a source says that something is closed to it.
func (r *trial) tellsOfGate(s sources.Source, status int) {
	r.Helper()
	capable, ok := s.(sources.Capable)
	if !ok {
		r.Fatalf("the source has no Capabilities")
	}
	for _, c := range capable.Capabilities() {
		if !c.Available {
			if c.Why == "" {
				r.Errorf("capability %q is not available, and nobody says why", c.Name)
			}
			r.noSecret("a capability", c.Why)
			return
		}
	}
	r.Errorf("%d of what can be done without: all capabilities are said to be available", status)
}

// testCount compares what the desk itself counts with what there is.
func testCount(r *trial) {
	s, until := r.fresh(r.T)
	if counter, ok := s.(sources.Counter); ok {
		want := 0
		for _, n := range r.still.Truth(time.Now(), time.Hour).Open {
			want += n
		}
		if got, err := counter.CountOpen(r.Context()); err != nil || got != want {
			r.Errorf("CountOpen: got %d, %v; want %d", got, err, want)
		}
	}
	prober, ok := s.(sources.Prober)
	if !ok {
		r.Fatal("the source has no Probe")
	}
	newest, err := prober.Probe(r.Context(), until)
	if err != nil || newest.IsZero() || newest.After(time.Now()) {
		r.Errorf("Probe: got %s, %v; want the newest instant of a desk that something happened at", newest, err)
	}
	broken := r.source(&spoilt{desk: r.Fake(r.still, time.Now), fault: code(http.StatusUnauthorized)})
	_, err = broken.(sources.Prober).Probe(r.Context(), until)
	r.failed(desk.Page{}, err, sources.ReasonRefused)
}
