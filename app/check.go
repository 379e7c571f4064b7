package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// CheckConfig reads and checks the configuration, as far as that needs no help
// desk.
func CheckConfig(o Options) error {
	_, err := newPlan(o, unheard)
	return err
}

// unheard lets sources tell nobody of their requests.
func unheard(*sources.Common) sources.Traffic { return nil }

// How long one source may take to be tried, and how many are tried at a time.
const (
	trialTime    = time.Minute
	trialsAtOnce = 8
)

// trial is how one source was tried, and what came of it.
type trial struct {
	config sources.Config
	source sources.Source
	until  time.Time

	page   *desk.Page // nil where the source was probed
	newest time.Time
	err    error

	mu        sync.Mutex // guards all below
	requests  int
	answered  bool
	remaining string
}

// Requested implements [sources.Traffic].
func (t *trial) Requested(code string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.requests++
	t.answered = t.answered || code != "error"
}

// Remaining implements [sources.Traffic].
func (t *trial) Remaining(requests float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remaining = strconv.FormatFloat(requests, 'f', -1, 64)
}

// CheckSources tries each source once, keeps nothing of what it tells, and
// writes how it went. Its error names the sources that cannot be read.
func CheckSources(ctx context.Context, o Options, w io.Writer) error {
	tried := map[string]*trial{}
	p, err := newPlan(o, func(c *sources.Common) sources.Traffic {
		tried[c.Name] = &trial{}
		return tried[c.Name]
	})
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	trials := make([]*trial, len(p.sources))
	room := make(chan struct{}, trialsAtOnce)
	var running sync.WaitGroup
	for i, s := range p.config.Sources {
		t := tried[s.Shared().Name]
		t.config, t.source, t.until = s, p.sources[i], now
		trials[i] = t
		running.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			t.run(ctx)
		})
	}
	running.Wait()
	return report(w, trials, now)
}

// run tries the source: all that it asks its desk for, or else its first page.
func (t *trial) run(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	if late, ok := t.source.(sources.HoldsBack); ok {
		t.until = t.until.Add(-late.HoldBack())
	}
	if prober, ok := t.source.(sources.Prober); ok {
		t.newest, t.err = prober.Probe(limited, t.until)
	} else {
		t.fetch(limited)
	}
	if t.err != nil && limited.Err() != nil && ctx.Err() == nil {
		t.err = &sources.Error{Reason: sources.ReasonUnreachable, Err: fmt.Errorf("not done within %s: the desk is slow, or its limit is used up: try again later", model.Duration(trialTime))}
	}
}

func (t *trial) fetch(ctx context.Context) {
	page, err := t.source.Fetch(ctx, nil, t.until)
	if err != nil {
		t.err = err
		return
	}
	t.page = &page
	for _, r := range page.Records {
		if at := r.Body.Newest(); at.After(t.newest) {
			t.newest = at
		}
	}
}

// report writes a table of what was tried, and below it what needs more words.
func report(w io.Writer, trials []*trial, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "SOURCE\tDESK\tTYPE\tHOST\tREACHABLE\tAUTHORISED\tCAPABILITIES\tNEWEST RECORD\tREMAINING\tREQUESTS")
	for _, t := range trials {
		c := t.config.Shared()
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Name, c.Desk, c.Type, orNone(hostOf(t.config)),
			t.reachable(), t.authorised(), t.capabilities(), t.newestOf(now), orNone(t.remaining), t.made())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(w)
	var errs []error
	for _, t := range trials {
		t.remark(w)
		if t.err != nil {
			errs = append(errs, fmt.Errorf("source %q cannot be read: %s: the lines below the table say why", t.config.Shared().Name, sources.ReasonOf(t.err)))
		}
	}
	return errors.Join(errs...)
}

// remark writes what there is to say of a source.
func (t *trial) remark(w io.Writer) {
	name := t.config.Shared().Name
	if t.err != nil {
		_, _ = fmt.Fprintf(w, "%s: %s: %v%s\n", name, sources.ReasonOf(t.err), t.err, pauseOf(t.err))
	}
	for _, c := range t.known() {
		if !c.Available {
			_, _ = fmt.Fprintf(w, "%s: without %s: %s\n", name, c.Name, cmp.Or(c.Why, "the desk does not say why"))
		}
	}
	if t.page == nil {
		return
	}
	more := ""
	if t.page.More {
		more = ", and there is more"
	}
	_, _ = fmt.Fprintf(w, "%s: first page: %d records, %d rejects%s\n", name, len(t.page.Records), len(t.page.Rejects), more)
	for _, r := range t.page.Rejects[:min(len(t.page.Rejects), 5)] {
		_, _ = fmt.Fprintf(w, "  %s: %s: %s\n", r.Where, r.Reason, r.Detail)
	}
}

// pauseOf tells how long the desk wants to be left alone.
func pauseOf(err error) string {
	var failed *sources.Error
	if !errors.As(err, &failed) || failed.After <= 0 {
		return ""
	}
	return fmt.Sprintf("; it takes requests again in %s", model.Duration(failed.After.Round(time.Second)))
}

// none stands where there is nothing to tell.
const none = "-"

func orNone(text string) string { return cmp.Or(text, none) }

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func (t *trial) reachable() string {
	if t.unasked() {
		return none
	}
	return yesOrNo(t.err == nil || t.answered)
}

// unasked reports whether the desk was not asked at all, because a file with a
// secret or a certificate for it cannot be read.
func (t *trial) unasked() bool {
	var file *fs.PathError
	return hostOf(t.config) != "" && errors.As(t.err, &file)
}

// authorised tells whether the desk took the credentials: nobody knows where it
// was not asked, or failed in another way.
func (t *trial) authorised() string {
	refused := t.err != nil && sources.ReasonOf(t.err) == sources.ReasonRefused
	if hostOf(t.config) == "" || t.err != nil && !refused || t.unasked() {
		return none
	}
	return yesOrNo(!refused)
}

// known returns what came out about the desk's capabilities.
func (t *trial) known() []sources.Capability {
	capable, ok := t.source.(sources.Capable)
	if !ok || t.err != nil {
		return nil
	}
	return capable.Capabilities()
}

func (t *trial) capabilities() string {
	all, available := t.known(), 0
	for _, c := range all {
		if c.Available {
			available++
		}
	}
	if len(all) == 0 {
		return none
	}
	return fmt.Sprintf("%d of %d", available, len(all))
}

func (t *trial) made() string {
	if hostOf(t.config) == "" {
		return none
	}
	return strconv.Itoa(t.requests)
}

// newestOf tells when the newest record is from. A first page of several has the
// oldest ones.
func (t *trial) newestOf(now time.Time) string {
	if t.page != nil && t.page.More && !t.newest.IsZero() {
		return "on later pages"
	}
	return newestOf(t.newest, now)
}

// newestOf tells when the newest record is from, and how old it is.
func newestOf(at, now time.Time) string {
	if at.IsZero() {
		return none
	}
	text, age := at.UTC().Format("2006-01-02 15:04 UTC"), now.Sub(at)
	switch {
	case age < 0:
		return text + " (ahead of the clock)"
	case age < 2*time.Minute:
		return fmt.Sprintf("%s (%ds ago)", text, int(age.Seconds()))
	case age < 2*time.Hour:
		return fmt.Sprintf("%s (%dm ago)", text, int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%s (%dh ago)", text, int(age.Hours()))
	default:
		return fmt.Sprintf("%s (%dd ago)", text, int(age.Hours()/24))
	}
}
