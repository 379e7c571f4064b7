package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/app"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources/freshdesk/freshdesktest"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/rt/rttest"
	"helpdesk_exporter/sources/sourcestest"
	"helpdesk_exporter/sources/zendesk/zendesktest"
)

// supplyFile lists the KPIs and behind each the adapters of APIs that supply it,
// as measured. The table of docs/kpis.md is made from it.
const supplyFile = "testdata/supply.txt"

// What the list says is what the adapters bring home from desks that tell all
// that they have. UPDATE_DOCS=1 writes it anew.
func TestTheListSaysWhichKPIsAPIsSupply(t *testing.T) {
	t.Parallel()
	supply := map[string][]string{}
	for _, v := range talkativeDesks() {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(opening)) // of the bubble
				for _, id := range supplied(t, v) {
					if !slices.Contains(supply[id], v.name) {
						supply[id] = append(supply[id], v.name)
					}
				}
			})
		})
	}
	var want []string
	for _, id := range handbook(t) {
		want = append(want, strings.Join(append([]string{id}, supply[id]...), " ")+"\n")
	}
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(supplyFile, []byte(strings.Join(want, "")), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(supplyFile)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.SplitAfter(string(text), "\n")
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%s does not say %s", supplyFile, line)
		}
	}
	if len(got) != len(want)+1 { // nothing stands behind the last line
		t.Errorf("%s has %d lines, want %d", supplyFile, len(got)-1, len(want))
	}
	if t.Failed() {
		t.Log("write it anew with UPDATE_DOCS=1 go test -run=TestTheListSays ./e2e, and then docs/kpis.md with UPDATE_DOCS=1 go test ./app")
	}
}

// handbook returns the ids of all KPIs, in the order of the handbook.
func handbook(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../kpi/testdata/handbook.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// supplied returns the KPIs that have a figure once a desk was read whole.
func supplied(t *testing.T, v vendor) []string {
	t.Helper()
	w := sourcestest.Invent(7, sourcestest.Invention{Tickets: 600, Old: 20, From: opening.Add(-35 * days), To: opening, Without: v.without})
	w.Stop(opening)
	x := &over{t: t, vendor: v, dial: app.Options{Dial: sourcestest.Serve(t, v.fake(w, time.Now))}}
	return x.figures("global: {poll_interval: 10m}\nsurveys: ["+v.survey+"]\n"+
		"service_levels: [{name: phone, match: {channel: [phone]}, threshold: 20s, short_abandon: 10s}]\n"+
		"sources: [{name: acme, url: 'http://desk.example', history: counters, "+v.source+"}]\n", 3*time.Hour)
}

// The invented desk has something to show for every KPI that rests on records.
func TestTheInventedDeskSuppliesEveryKPI(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../config.example.yml")
	if err != nil {
		t.Fatal(err)
	}
	globals, _, _ := strings.Cut(string(example), "\nsources:")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(opening)) // of the bubble
		x := &over{t: t}
		got := x.figures(globals+"\nsources: [{name: acme, type: simulate, history: counters, past: 14d, customers: 2000}]\n", time.Minute)
		for _, id := range kpi.IDs() {
			if !slices.Contains(got, id) {
				t.Errorf("%s has no figure", id)
			}
		}
	})
}

// figures runs the exporter for a while, and returns the KPIs that rest on records
// and have a figure then. A count of nothing is no figure.
func (x *over) figures(config string, span time.Duration) []string {
	x.t.Helper()
	x.config = filepath.Join(x.t.TempDir(), "config.yml")
	if err := os.WriteFile(x.config, []byte(config), 0o600); err != nil {
		x.t.Fatal(err)
	}
	x.start()
	defer x.stop()
	time.Sleep(span) // some vendors let a first sync take long
	x.await(opening.Add(x.late), 2*days)
	families, err := x.app.Gather()
	if err != nil {
		x.t.Fatal(err)
	}
	told := map[string]bool{}
	for _, f := range families {
		for _, m := range f.Metric {
			if m.GetGauge().GetValue() != 0 || m.GetCounter().GetValue() != 0 || m.GetHistogram().GetSampleCount() > 0 {
				told[f.GetName()] = true
			}
		}
	}
	var ids []string
	for _, k := range kpi.NewCatalogue(kpi.Definitions{}).KPIs() {
		if k.Kind != 0 && told[k.Metric] {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// talkativeDesks are accounts, one or several of each vendor, that have all that
// the vendor documents, read by sources that leave out nothing.
func talkativeDesks() []vendor {
	bearer := "authorization: {credentials: " + secret + "}"
	zendesk := func(newSurvey bool) func(*sourcestest.World, func() time.Time) http.Handler {
		return func(w *sourcestest.World, now func() time.Time) http.Handler {
			return zendesktest.New(w, zendesktest.Options{
				Now: now, Token: secret, NewCSAT: newSurvey, SLA: promiseOfZendesk(), Calls: callsOfTalk(w), AIOnly: solvedByAI(w),
			})
		}
	}
	return []vendor{
		{
			name: "zendesk", source: "type: zendesk, support_type_scope: all, survey: csat, " + bearer,
			survey: "{name: csat, kind: csat, scale: {min: 0, max: 1}}", fake: zendesk(false), late: 100 * time.Minute,
		},
		{
			name: "zendesk", source: "type: zendesk, support_type_scope: all, response_survey: csat, " + bearer,
			survey: "{name: csat, kind: csat}", fake: zendesk(true), late: 100 * time.Minute,
		},
		{
			name:   "freshdesk",
			source: "type: freshdesk, survey: csat, conversations: all, time_entries: true, basic_auth: {username: " + secret + ", password: X}",
			survey: "{name: csat, kind: csat, scale: {min: -3, max: 3}}",
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return ofTypeComplaint(freshdesktest.New(w, freshdesktest.Options{Now: now, Key: secret}))
			},
		},
		{
			name: "intercom", source: "type: intercom, survey: csat, parts: all, api_version: '2.16', " + bearer, survey: "{name: csat, kind: csat}",
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return intercomtest.New(w, intercomtest.Options{Now: now, Token: secret, Calls: callsOfIntercom(w), Strange: resolvedByFin})
			},
			without: intercomtest.Absent,
		},
		{
			name: "request_tracker",
			source: "type: request_tracker, survey: csat, csat_field: CSAT, channel_field: Channel, due: resolution, " +
				"statuses: {waiting: on_hold, rejected: spam}, authorization: {type: token, credentials: " + secret + "}",
			survey: "{name: csat, kind: csat}",
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return rttest.New(w, rttest.Options{Now: now, Token: secret, Version: "5.0.6"})
			},
			without: []sourcestest.What{sourcestest.Close},
		},
	}
}

// promiseOfZendesk is a policy for all tickets.
func promiseOfZendesk() zendesktest.Policy {
	p := zendesktest.Policy{Title: "Standard"}
	for _, priority := range []string{"low", "normal", "high", "urgent"} {
		p.Targets = append(p.Targets, zendesktest.Target{Priority: priority, Metric: "first_reply_time", Minutes: 60})
	}
	return p
}

// solvedByAI are some tickets, which are said to have been solved by the AI agent.
func solvedByAI(w *sourcestest.World) []int64 {
	var ids []int64
	for _, t := range some(w) {
		ids = append(ids, t.ID)
	}
	return ids
}

// some returns every fifth of the tickets that are no old ones.
func some(w *sourcestest.World) []*sourcestest.Ticket {
	var tickets []*sourcestest.Ticket
	for i, t := range w.Tickets {
		if i%5 == 0 && t.CreatedAt.After(w.Start) {
			tickets = append(tickets, t)
		}
	}
	return tickets
}

// callsOfTalk are calls that ended in all the ways that Zendesk documents.
func callsOfTalk(w *sourcestest.World) []zendesktest.Call {
	ends := []string{
		"completed", "abandoned_in_queue", "abandoned_in_voicemail", "abandoned_on_hold", "abandoned_in_ivr",
		"pending_voicemail", "failed", "not_answered", "not_available",
	}
	var calls []zendesktest.Call
	for i, t := range some(w) {
		c := zendesktest.Call{
			ID: t.ID, At: t.CreatedAt, Group: w.Groups[0].ID, Ticket: t.ID, Status: ends[i%len(ends)],
			IVR: 10 * time.Second, Wait: time.Duration(i%40) * time.Second,
		}
		if c.Status == "completed" || c.Status == "abandoned_on_hold" {
			c.Agent, c.Talk, c.Hold, c.WrapUp = w.Agents[0].ID, 4*time.Minute, 20*time.Second, time.Minute
		}
		calls = append(calls, c)
	}
	return calls
}

// callsOfIntercom are calls, of which every third was missed. The latest come
// first.
func callsOfIntercom(w *sourcestest.World) []map[string]any {
	var calls []map[string]any
	for i, t := range some(w) {
		after := func(d time.Duration) string { return t.CreatedAt.Add(d).Format(time.RFC3339) }
		c := map[string]any{
			"type": "call", "id": fmt.Sprint(t.ID), "conversation_id": fmt.Sprint(t.ID), "contact_id": fmt.Sprintf("%024x", t.Requester),
			"admin_id": nil, "state": "missed", "call_type": "phone", "direction": "inbound", "ended_reason": nil,
			"initiated_at": after(0), "answered_at": nil, "ended_at": after(time.Duration(i%40) * time.Second),
			"created_at": after(0), "updated_at": after(5 * time.Minute),
		}
		if i%3 != 0 {
			c["admin_id"], c["state"] = fmt.Sprint(w.Agents[0].ID), "completed"
			c["answered_at"], c["ended_at"] = after(30*time.Second), after(5*time.Minute)
		}
		calls = append(calls, c)
	}
	slices.Reverse(calls)
	return calls
}

// resolvedByFin lets Intercom's AI agent have resolved some conversations.
func resolvedByFin(id string, shown map[string]any) {
	if strings.HasSuffix(id, "7") {
		shown["ai_agent_participated"], shown["ai_agent"] = true, map[string]any{"resolution_state": "confirmed_resolution"}
	}
}

// ofTypeComplaint gives the tickets of a Freshdesk a type that the account has
// made for itself.
func ofTypeComplaint(desk http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		desk.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(bytes.ReplaceAll(answer.Body.Bytes(), []byte(`"type":"Question"`), []byte(`"type":"Complaint"`))) // nobody is there to tell
	})
}
