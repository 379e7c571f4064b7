package book_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

// benchTicket is a ticket as an API reports it: a few messages, its changes of
// status. Every twentieth is open.
func benchTicket(i int) *desk.Ticket {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	created := monday.Add(-time.Duration(r.Int64N(int64(60 * day))))
	t := &desk.Ticket{
		CreatedAt: created, UpdatedAt: created, Status: desk.StatusNew,
		Channel: []string{"email", "chat", "web", "phone"}[r.IntN(4)], Priority: []string{"low", "normal", "high", "urgent"}[r.IntN(4)],
		Team:          fmt.Sprintf("team-%d", r.IntN(20)),
		StatusChanges: []desk.StatusChange{{At: created, Status: desk.StatusNew}},
	}
	at := created
	for _, author := range []desk.Role{desk.RoleCustomer, desk.RoleAgent, desk.RoleCustomer, desk.RoleAgent} {
		at = at.Add(time.Duration(r.Int64N(int64(3 * time.Hour))))
		t.Messages = append(t.Messages, desk.Message{At: at, Author: author, Public: true})
	}
	if i%20 != 0 {
		t.Status, t.SolvedAt = desk.StatusSolved, at
		t.StatusChanges = append(t.StatusChanges, desk.StatusChange{At: at, Status: desk.StatusSolved})
	}
	t.UpdatedAt = at
	return t
}

func benchID(i int) string { return fmt.Sprintf("ticket-%08d", i) }

// benchOffice is a desk that has n tickets.
func benchOffice(b *testing.B, n int) *office {
	b.Helper()
	o := openOffice(b, b.TempDir(), source("zen", "acme", desk.KindTicket))
	o.fill(n, benchTicket)
	return o
}

// fill lets the desk have n tickets.
func (o *office) fill(n int, ticket func(i int) *desk.Ticket) {
	o.Helper()
	page := desk.Page{AsOf: monday, More: true}
	for i := range n {
		page.Records = append(page.Records, desk.Record{ID: benchID(i), Body: ticket(i)})
		if len(page.Records) == 5000 || i == n-1 {
			page.More = i < n-1
			o.commit("zen", page, monday)
			page.Records = nil
		}
	}
}

func sizes() []int {
	if os.Getenv("HELPDESK_BENCH_LARGE") != "" {
		return []int{10_000, 100_000, 1_000_000}
	}
	return []int{10_000, 100_000}
}

// changedPage is a page of a thousand tickets, each with one answer more.
func changedPage(round int) desk.Page {
	now := monday.Add(time.Duration(round) * time.Minute)
	page := desk.Page{AsOf: now}
	for i := range 1000 {
		t := benchTicket(i * 97)
		for n := range round {
			t.UpdatedAt = monday.Add(time.Duration(n+1) * time.Minute)
			t.Messages = append(t.Messages, desk.Message{At: t.UpdatedAt, Author: desk.RoleAgent, Public: true})
		}
		page.Records = append(page.Records, desk.Record{ID: benchID(i * 97), Body: t})
	}
	return page
}

// BenchmarkCommit1000 takes in a page of 1,000 changed tickets, and for
// comparison puts the same keys with values of the same sizes into a bare bbolt.
func BenchmarkCommit1000(b *testing.B) {
	o := benchOffice(b, 100_000)
	defer o.close()
	bare := bareCopy(b, o)
	defer bare.Close()
	var ours, theirs time.Duration
	for round := 1; b.Loop(); round++ {
		b.StopTimer()
		page := changedPage(1 + round%20)
		now := page.AsOf
		b.StartTimer()
		start := time.Now()
		o.commit("zen", page, now)
		ours += time.Since(start)
		b.StopTimer()
		theirs += putBare(b, bare, o, page)
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs.Milliseconds())/float64(b.N), "bare-ms/op")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-bare")
}

// bareCopy is a bbolt file with the records of an office and nothing else.
func bareCopy(b *testing.B, o *office) *bolt.DB {
	b.Helper()
	db, err := bolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		bucket, err := tx.CreateBucket([]byte("records"))
		if err != nil {
			return err
		}
		return o.options.Journal.View(func(from *journal.Tx) error {
			from.Records(1, desk.KindTicket, "", func(r journal.Raw) bool {
				err = bucket.Put([]byte("12345"+r.Key.ID), make([]byte, r.Size()))
				return err == nil
			})
			return err
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// putBare returns how long bbolt alone takes to keep what a page has made.
func putBare(b *testing.B, db *bolt.DB, o *office, page desk.Page) time.Duration {
	b.Helper()
	values := map[string][]byte{}
	err := o.options.Journal.View(func(tx *journal.Tx) error {
		for _, r := range page.Records {
			tx.Records(1, desk.KindTicket, r.ID, func(raw journal.Raw) bool {
				value := make([]byte, raw.Size())
				for i := range value {
					value[i] = byte(rand.Uint32())
				}
				values["12345"+r.ID] = value
				return false
			})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	err = db.Update(func(tx *bolt.Tx) error {
		bucket := tx.Bucket([]byte("records"))
		for _, r := range page.Records {
			key := "12345" + r.ID
			if err := bucket.Put([]byte(key), values[key]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func BenchmarkOpen(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("%d tickets", n), func(b *testing.B) {
			o := benchOffice(b, n)
			defer func() { o.close() }()
			for b.Loop() {
				o.reopen(monday)
			}
			b.ReportMetric(float64(o.options.Journal.Size())/(1<<20), "disk-MB")
		})
	}
}

// BenchmarkRead takes everything as a scrape does.
func BenchmarkRead(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("%d tickets", n), func(b *testing.B) {
			o := benchOffice(b, n)
			defer func() { o.close() }()
			o.reopen(monday)
			samples := &counter{}
			for b.Loop() {
				samples.n = 0
				o.Read(monday, samples)
			}
			b.ReportMetric(float64(samples.n), "samples")
			b.ReportMetric(heap(), "heap-MB")
		})
	}
}

// heap is how many megabytes are in use after a garbage collection.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
