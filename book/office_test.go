package book_test

import (
	"log/slog"
	"os"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
)

// monday is when the stories of these tests begin.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// definitions are small ones: three windows, one survey of each kind.
func definitions() kpi.Definitions {
	return kpi.Definitions{
		Labels:         []string{"channel", "priority", "team"},
		Windows:        []kpi.Window{{Name: "1h", Length: time.Hour}, {Name: "1d", Length: day}, {Name: "7d", Length: 7 * day}},
		MinSample:      1,
		LabelValuesMax: 50,
		SeriesMax:      2000,
		Buckets: kpi.Buckets{
			Default: []float64{60, 3600, 86400}, Calls: []float64{20, 60}, Contacts: []float64{1, 2, 5}, Web: []float64{10, 60},
		},
		Horizons: kpi.Horizons{FCR: 2 * day, Survey: day, Outreach: day, Feedback: day},
		Surveys: []kpi.Survey{
			{Name: "csat", Kind: kpi.CSAT, Min: 1, Max: 5},
			{Name: "nps", Kind: kpi.NPS, Min: 0, Max: 10},
			{Name: "ces", Kind: kpi.CES, Min: 1, Max: 7},
			{Name: "mood", Kind: kpi.AgentMood, Min: 0, Max: 10},
		},
		ServiceLevels: []kpi.ServiceLevel{
			{Name: "voice", Threshold: 20 * time.Second, ShortAbandon: 5 * time.Second, Abandons: kpi.AbandonsNegative},
		},
		FirstResponseTargets: []time.Duration{time.Hour},
		Engagement: kpi.Engagement{Version: "1", EngagedFrom: 0.5, Weights: map[kpi.EngagementInput]kpi.EngagementWeight{
			kpi.EngagedPurchase: {Weight: 2, PerWeek: 2}, kpi.EngagedWebVisit: {Weight: 1, PerWeek: 3},
			kpi.EngagedFeedback: {Weight: 1, PerWeek: 1},
		}},
		RiskRules: []kpi.RiskRule{
			{Name: "unhappy", Kind: kpi.RiskDetractor, After: 3 * day},
			{Name: "complains", Kind: kpi.RiskComplaints, Count: 1},
			{Name: "silent", Kind: kpi.RiskInactive, After: 2 * day},
		},
		GrossMargin:         desk.Some(0.5),
		Platforms:           []string{"x"},
		OutreachMinAttempts: 1,
	}
}

// source configures a source that goes stale after an hour.
func source(name, deskName string, feeds ...desk.Kind) book.SourceConfig {
	return book.SourceConfig{Name: name, Desk: deskName, Feeds: feeds, History: sources.HistoryWindows, StaleAfter: time.Hour}
}

func withHistory(s book.SourceConfig) book.SourceConfig {
	s.History = sources.HistoryCounters
	return s
}

// office is a book over a journal that outlives it.
type office struct {
	rapid.TB
	*book.Book
	path    string // of the journal; empty: in memory
	options book.Options
}

// openOffice opens a book at monday. Without a path its journal is in memory.
func openOffice(t rapid.TB, path string, configs ...book.SourceConfig) *office {
	t.Helper()
	o := &office{TB: t, path: path, options: book.Options{
		Catalogue: kpi.NewCatalogue(definitions()), Sources: configs, Retention: 60 * day,
		Logger: slog.New(slog.DiscardHandler), Now: monday,
	}}
	o.open()
	return o
}

func (o *office) open() {
	o.Helper()
	if o.options.Journal == nil {
		j, err := journal.Open(o.path)
		if err != nil {
			o.Fatal(err)
		}
		o.options.Journal = j
	}
	b, err := book.Open(o.options)
	if err != nil {
		o.Fatal(err)
	}
	o.Book = b
}

// reopen is a restart of the exporter at the given time.
func (o *office) reopen(now time.Time) {
	o.Helper()
	if o.path != "" {
		o.close()
		o.options.Journal = nil
	}
	o.options.Now = now
	o.open()
}

func (o *office) redefine(d kpi.Definitions) { o.options.Catalogue = kpi.NewCatalogue(d) }

func (o *office) close() {
	o.Helper()
	if err := o.options.Journal.Close(); err != nil {
		o.Fatal(err)
	}
}

// poll commits one whole poll of a source that is complete up to now.
func (o *office) poll(source string, now time.Time, records ...desk.Record) {
	o.Helper()
	o.commit(source, desk.Page{Records: records, AsOf: now}, now)
}

func (o *office) commit(source string, page desk.Page, now time.Time) {
	o.Helper()
	if err := o.Commit(source, page, now); err != nil {
		o.Fatal(err)
	}
}

// read takes everything that the book shows at now, and wants each series once.
func (o *office) read(now time.Time) *exposition {
	o.Helper()
	e := read(o.Book, now)
	if len(e.doubled) > 0 {
		o.Fatalf("shown twice:\n%s", sorted(e.doubled))
	}
	return e
}

// tempDir returns a folder for one run of a property.
func tempDir(t rapid.TB, under string) string {
	t.Helper()
	dir, err := os.MkdirTemp(under, "")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// ticket returns one state of a ticket, which a change may adapt.
func ticket(id string, created, updated time.Time, status desk.Status, changes ...func(*desk.Ticket)) desk.Record {
	t := &desk.Ticket{
		CreatedAt: created, UpdatedAt: updated, Status: status,
		Channel: "email", Priority: "normal", Team: "billing",
	}
	for _, change := range changes {
		change(t)
	}
	return desk.Record{ID: id, Body: t}
}

func solvedAt(at time.Time) func(*desk.Ticket) { return func(t *desk.Ticket) { t.SolvedAt = at } }
