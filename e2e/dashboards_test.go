package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// rightlyEmpty lists what may have nothing to show on the example, with the
// reason. Such a panel needs a text for no value.
var rightlyEmpty = map[string]string{
	"customers.json: Referrals: D":             "on some days no reward of the example is due",
	"customers.json: Programs of referrals: E": "on some days no reward of the example is due",
	"exporter.json: Firing alerts: A":          "an alert has to hold for some minutes before it fires",
	"exporter.json: Polls per hour: B":         "no poll of the example fails",
	"exporter.json: Source status: H":          "the example has nothing to catch up with",
	"exporter.json: Source volume: D":          "the example asks no API",
	"exporter.json: Source volume: E":          "the example asks no API",
	"exporter.json: Source volume: F":          "the example asks no API",
	"overview.json: Firing alerts: A":          "an alert has to hold for some minutes before it fires",
	"rule desk:helpdesk_figures_hidden:group":  "the sources of the example are well",
	"rule source:helpdesk_source_silent:group": "the sources of the example are well",
	"rule source:helpdesk_source_stale:group":  "the sources of the example are well",
}

const (
	// untilAllShow bounds how long it takes until every panel has something to
	// show, and with it this test.
	untilAllShow = 5 * time.Minute
	// mostSeries is more than a reader can tell apart in anything but a table.
	mostSeries = 100
)

// Every query of every dashboard and every rule has an answer in a Prometheus
// that scrapes the example, at a busy time. One that knows native histograms is asked twice: with
// the classic form alone, and with the native form alone.
func TestDashboardsAndRulesHaveAnswers(t *testing.T) {
	t.Parallel()
	binary := os.Getenv("PROMETHEUS")
	if binary == "" {
		t.Skip("PROMETHEUS names no Prometheus, make check-dashboards does")
	}
	e := busyExample(t).start()
	e.synced()
	forms := map[string]string{"classic histograms": ""}
	if knowsNative(t, binary) {
		forms["native histograms"] = nativeOnly
	}
	for form, scraping := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			p := startPrometheus(t, binary, e, scraping)
			p.scrapes(3)
			boards := readBoards(t, "../grafana/dashboards/*.json")
			for i := range boards {
				if err := boards[i].choose(p); err != nil {
					t.Errorf("%s: %v", boards[i].file, err)
				}
			}
			p.answers(boards)
			p.answersOneThing(boards)
			p.agrees(boards)
			p.answersTheReadme()
			p.answersTheHandbook()
			p.annotates(boards)
			p.evaluatesRules()
			p.findsWhatIsBroken()
		})
	}
}

// busyExample is the example with twice as much going on at its invented
// desk, so that at any hour of any day a few minutes bring some of everything.
// Its past is shorter, to begin sooner, and longer than a week, after which it is
// known whether a ticket came back.
func busyExample(t *testing.T) *site {
	t.Helper()
	s := exampleSite(t)
	config, err := os.ReadFile(s.path("config.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []struct{ from, to string }{
		{"past: 14d", "past: 9d"}, {"tickets_per_day: 1600", "tickets_per_day: 3200"}, {"calls_per_day: 2000", "calls_per_day: 4000"},
	} {
		if !bytes.Contains(config, []byte(change.from)) {
			t.Fatalf("the example does not say %q", change.from)
		}
		config = bytes.Replace(config, []byte(change.from), []byte(change.to), 1)
	}
	s.configure(string(config))
	return s
}

var version = regexp.MustCompile(`version (\d+)\.(\d+)`)

// knowsNative reports whether a Prometheus takes native histograms by its
// configuration, as it does from 3.8 on.
func knowsNative(t *testing.T, binary string) bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "--version").CombinedOutput()
	if err != nil {
		t.Fatalf("%s --version: %v\n%s", binary, err, out)
	}
	found := version.FindStringSubmatch(string(out))
	if found == nil {
		t.Fatalf("%s --version names none:\n%s", binary, out)
	}
	major, _ := strconv.Atoi(found[1]) // digits
	minor, _ := strconv.Atoi(found[2])
	return major > 3 || major == 3 && minor >= 8
}

// scrapes waits until the exporter was scraped n times and every rule was
// evaluated.
func (p *prometheus) scrapes(n int) {
	p.t.Helper()
	eventually(p.t, "a few scrapes", func() bool {
		lines, err := p.at("count_over_time(helpdesk_exporter_build_info[10m])", time.Now())
		return err == nil && len(lines) == 1 && lines[0].values[0] >= float64(n)
	})
	eventually(p.t, "the first evaluation of every rule", func() bool {
		return !slices.ContainsFunc(p.rules(), func(r rule) bool { return r.Health == "unknown" })
	})
}

// question is what a panel asks.
type question struct {
	where   string
	expr    string
	instant bool
	table   bool
	chosen  []string // the variables that it names
}

// questions returns what the panels of a board ask, with these values of its
// variables.
func (b *board) questions(chosen values) ([]question, error) {
	var all []question
	var errs []error
	for _, panel := range b.all() {
		for _, target := range panel.Targets {
			where := b.file + ": " + panel.Title + ": " + target.RefID
			expr, err := b.written(chosen, &panel, &target)
			if err == nil && rightlyEmpty[where] != "" && panel.FieldConfig.Defaults.NoValue == "" {
				err = errors.New("it may be empty, and has no text for that")
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", where, err))
			} else {
				all = append(all, question{
					where: where, expr: expr, instant: target.Instant, table: panel.Type == "table", chosen: variablesIn(target.Expr),
				})
			}
		}
	}
	if len(all)+len(errs) == 0 {
		return nil, fmt.Errorf("%s: no panel asks anything", b.file)
	}
	return all, errors.Join(errs...)
}

// answer returns the answer to a question. That of a course goes back to the
// start, and has more points than in Grafana: the test lasts minutes.
func (p *prometheus) answer(q question) ([]line, error) {
	if q.instant {
		return p.at(q.expr, time.Now())
	}
	return p.over(q.expr, p.since, time.Now(), scraping)
}

// judge returns what is wrong with an answer.
func judge(q question, lines []line) error {
	switch {
	case len(lines) == 0:
		return errors.New("no series")
	case len(lines) > mostSeries && !q.table:
		return fmt.Errorf("%d series, want at most %d", len(lines), mostSeries)
	}
	number := false
	for _, l := range lines {
		if i := slices.IndexFunc(l.values, func(v float64) bool { return math.IsInf(v, 0) }); i >= 0 {
			return fmt.Errorf("%v of %v", l.values[i], l.labels)
		}
		number = number || l.spread || slices.ContainsFunc(l.values, func(v float64) bool { return !math.IsNaN(v) })
	}
	if !number {
		return errors.New("no number")
	}
	return nil
}

// fault returns what is wrong with a question or its answer, where everything
// is chosen.
func (p *prometheus) fault(q question) error {
	lines, err := p.answer(q)
	if err == nil {
		err = judge(q, lines)
	}
	return errors.Join(err, p.unknown(q.expr))
}

// answers waits until all that the panels ask has an answer.
func (p *prometheus) answers(boards []board) {
	p.t.Helper()
	var open []question
	for _, b := range boards {
		questions, err := b.questions(b.everything)
		if err != nil {
			p.t.Error(err)
		}
		open = append(open, questions...)
	}
	for where := range rightlyEmpty {
		is := func(q question) bool { return q.where == where }
		if !strings.HasPrefix(where, "rule ") && !slices.ContainsFunc(open, is) {
			p.t.Errorf("rightlyEmpty lists %s, and no panel asks that", where)
		}
	}
	all, began, last := len(open), time.Now(), time.Now()
	tick := time.NewTicker(scraping)
	defer tick.Stop()
	for {
		before := len(open)
		open = slices.DeleteFunc(open, func(q question) bool { return p.fault(q) == nil })
		if len(open) < before {
			last = time.Now()
		}
		due := slices.ContainsFunc(open, func(q question) bool { return rightlyEmpty[q.where] == "" })
		if !due || time.Since(began) > untilAllShow {
			break
		}
		<-tick.C
	}
	p.t.Logf("%d of %d queries of panels had answers after %s", all-len(open), all, last.Sub(began).Round(time.Second))
	for _, q := range open {
		err := p.fault(q)
		if rightlyEmpty[q.where] != "" {
			_, err = p.answer(q)
			err = errors.Join(err, p.unknown(q.expr))
		}
		if err != nil {
			p.t.Errorf("%s: %v: %s", q.where, err, q.expr)
		}
	}
}

// answersOneThing asks what the panels ask where one thing is chosen of each
// variable. Not every desk has everything.
func (p *prometheus) answersOneThing(boards []board) {
	p.t.Helper()
	for _, b := range boards {
		questions, err := b.questions(b.one)
		if err != nil {
			p.t.Error(err)
		}
		for _, q := range questions {
			if err := p.stray(q, b.chosen); err != nil {
				p.t.Errorf("%s, of %v: %v: %s", q.where, b.chosen, err, q.expr)
			}
		}
	}
}

// stray returns an error where there is no answer, or one that does not keep to
// what the query asks for of all that was chosen.
func (p *prometheus) stray(q question, chosen map[string]string) error {
	lines, err := p.answer(q)
	if err != nil {
		return err
	}
	for _, l := range lines {
		for _, name := range q.chosen {
			if has, ok := l.labels[name]; ok && chosen[name] != "" && has != chosen[name] {
				return fmt.Errorf("a series of %s %q", name, has)
			}
		}
	}
	return nil
}

// annotates asks what the boards mark. It is well where nothing happened.
func (p *prometheus) annotates(boards []board) {
	p.t.Helper()
	for _, b := range boards {
		for _, a := range b.Annotations.List {
			if a.BuiltIn == 1 { // Grafana's own notes
				continue
			}
			for _, chosen := range []values{b.everything, b.one} {
				expr, err := b.written(chosen, &panel{}, &target{Expr: a.Expr, Interval: a.Step})
				if err == nil {
					_, err = p.answer(question{expr: expr})
				}
				if err == nil {
					err = p.unknown(expr)
				}
				if err != nil {
					p.t.Errorf("%s: annotation %s: %v: %s", b.file, a.Name, err, expr)
				}
			}
		}
	}
}

// findsWhatIsBroken holds this test to a board whose faults are known.
func (p *prometheus) findsWhatIsBroken() {
	p.t.Helper()
	b := readBoards(p.t, "testdata/boards/broken.json")[0]
	if err := b.choose(p); err != nil {
		p.t.Fatal(err)
	}
	questions, faults := b.questions(b.everything)
	for _, q := range questions {
		faults = errors.Join(faults, at(q, p.fault(q)))
	}
	questions, _ = b.questions(b.one)
	for _, q := range questions {
		faults = errors.Join(faults, at(q, p.stray(q, b.chosen)))
	}
	found := fmt.Sprint(faults)
	ok := !strings.Contains(found, "with nothing wrong")
	for _, want := range []string{
		"broken.json: of an unknown metric: A: there is no helpdesk_tickets_opne",
		"broken.json: without a series: A: no series",
		"broken.json: without a number: A: no number",
		"broken.json: with an infinite figure: A: +Inf of ",
		"broken.json: with a mistake: A: status 400: ",
		"broken.json: with an unknown variable: A: nobody defines $teem",
		"broken.json: of too many series: A: ",
		`broken.json: of more than was chosen: A: a series of desk "demo"`,
	} {
		if !strings.Contains(found, want) {
			ok = false
			p.t.Errorf("not found: %s", want)
		}
	}
	if !ok {
		p.t.Errorf("found in testdata/boards/broken.json:\n%s", found)
	}
}

// at says of which question an error is.
func at(q question, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", q.where, err)
}
