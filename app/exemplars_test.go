package app

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
)

var exemplar = regexp.MustCompile(`# {ticket_id="(.*?)"}`)

// exemplars returns the tickets that a scraper finds which asks for OpenMetrics,
// sorted.
func (r *rig) exemplars() []string {
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	request.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, request)
	var ids []string
	for _, found := range exemplar.FindAllStringSubmatch(w.Body.String(), -1) {
		ids = append(ids, found[1])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (r *rig) expectExemplars(want ...string) {
	r.t.Helper()
	if got := r.exemplars(); !slices.Equal(got, want) {
		r.t.Errorf("the exemplars are %q, want %q", got, want)
	}
}

func TestExemplarsAreSwitchedOnAndOffByAReload(t *testing.T) {
	const asked, unasked = "global: {exemplars: true}\n", "global: {exemplars: false}\n"
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.tell("tickets", "email", "history")
		r := newRig(t, s, asked+configOf(tickets))
		synctest.Wait()
		r.expectExemplars()
		s.tell("tickets", "email", "1")
		pollOnce()
		r.expectExemplars("1")
		r.reloadWith(asked + "# The same.\n" + configOf(tickets))
		r.expectExemplars("1")

		before := r.gather().cumulative()
		r.reloadWith(unasked + configOf(tickets))
		r.expectExemplars()
		expectSame(t, before, r.gather().cumulative())
		s.tell("tickets", "email", "2")
		pollOnce()
		r.expectExemplars()

		before = r.gather().cumulative()
		r.reloadWith(asked + configOf(tickets))
		r.expectExemplars()
		expectSame(t, before, r.gather().cumulative())
		s.tell("tickets", "email", "3")
		pollOnce()
		r.expectExemplars("3")
	})
}
